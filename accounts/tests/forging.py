"""Tokens that we would never issue."""

from datetime import timedelta

import jwt
from django.conf import settings

from accounts.models import Session
from accounts.tokens import SessionToken


def expired(token: SessionToken) -> str:
    token.set_exp(lifetime=timedelta(seconds=-1))
    return str(token)


def forged(
    token: SessionToken, key: str = settings.SECRET_KEY, alg: str = "HS256", **claims
) -> str:
    """The token with other claims (None takes one out), key or algorithm."""
    payload = {**token.payload, **claims}
    payload = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(payload, key if alg != "none" else "", algorithm=alg)


def nested() -> str:
    """A header so deep that a JSON parser which recurses would exhaust the stack."""
    header = jwt.utils.base64url_encode(b'{"alg": ' + b"[" * 5000)
    return f"{header.decode()}.e30.e30"


def garbage(token: SessionToken) -> dict[str, str]:
    """Everything that is no token of this kind, by what is wrong with it."""
    other = Session(user_id=token.user_id)
    return {
        "empty": "x",
        "three parts of nothing": "..",
        "no base64": "ä.ö.ü",
        "cut": str(token)[:-2],
        "too long": str(token) + "A" * 1000,
        "nested": nested(),
        "another key": forged(token, key="another-key-of-sufficient-length"),
        "no algorithm": forged(token, alg="none"),
        "another algorithm": forged(token, alg="HS512"),
        "no sid": forged(token, sid=None),
        "no uuid as sid": forged(token, sid="1"),
        "a number as sid": forged(token, sid=1),
        "no sub": forged(token, sub=None),
        "no jti": forged(token, jti=None),
        "no exp": forged(token, exp=None),
        "no type": forged(token, token_type=None),
        "another type": forged(token, token_type="sliding"),
        "unknown session": str(type(token).for_session(other)),
    }
