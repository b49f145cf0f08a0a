"""Examples for the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

from accounts import refusals
from neofi.schema import MALFORMED, UNKNOWN_PARAMETER, invalid, problem, refusal

_CREDENTIALS = {"username": "ada", "password": "analytical-engine-1843"}
_PAIR = {"access": "<access token>", "refresh": "<refresh token>"}
_USER = {
    "id": "0199f3a2-7c41-7d3e-9b0a-5f1c2d3e4f50",
    "username": "ada",
    "email": "ada@example.org",
    "timezone": "Europe/London",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_joined": "2026-03-01T09:00:00Z",
}
_SIGNED_IN = {**_PAIR, "token_type": "Bearer", "expires_in": 600, "user": _USER}

REGISTER = OpenApiExample(
    "A new account",
    {**_CREDENTIALS, "email": "ada@example.org", "timezone": "Europe/London"},
    request_only=True,
)
LOGIN = OpenApiExample("By user name", _CREDENTIALS, request_only=True)
REFRESH = OpenApiExample("A refresh token", {"refresh": _PAIR["refresh"]}, request_only=True)
PROFILE = OpenApiExample("Moving house", {"timezone": "Europe/Paris"}, request_only=True)
SIGNED_IN = OpenApiExample("Signed in", _SIGNED_IN, response_only=True)
TOKEN_PAIR = OpenApiExample("The next pair", _PAIR, response_only=True)
USER = OpenApiExample("A profile", _USER, response_only=True)


def _unauthorized(name: str, error: type) -> OpenApiExample:
    return problem(name, 401, error.default_code, error.default_detail)


def _invalid(*examples: OpenApiExample):
    return refusal("The body or the query is invalid.", *examples, MALFORMED, UNKNOWN_PARAMETER)


BAD_ACCOUNT = _invalid(
    invalid("A name that is taken", "username", "taken", "This user name is taken."),
    invalid("A weak password", "password", "password_too_common", "This password is too common."),
)
BAD_LOGIN = _invalid(
    invalid("Nothing to prove it", "password", "required", "This field is required."),
)
BAD_TOKEN = _invalid(
    invalid("Another kind of token", "refresh", "token_invalid", "This is no refresh token."),
)
BAD_PROFILE = _invalid(
    invalid(
        "Nowhere on Earth",
        "timezone",
        "unknown_timezone",
        "Give an IANA time zone, such as Europe/Berlin or UTC.",
    ),
)
WRONG_PASSWORD = refusal(
    "The name or the password is wrong.",
    _unauthorized("Not known", refusals.InvalidCredentials),
)
NO_MORE_USE = refusal(
    "The token is of no use, or no longer.",
    _unauthorized("Expired", refusals.TokenExpired),
    _unauthorized("Used before", refusals.TokenReused),
    _unauthorized("Signed out", refusals.SessionEnded),
)
