"""Why somebody is not let in. Each is a 401; its code tells a client what to do next."""

from rest_framework.exceptions import AuthenticationFailed


class InvalidCredentials(AuthenticationFailed):
    default_code = "invalid_credentials"
    default_detail = "There is no active account with this user name (or e-mail) and password."


class TokenInvalid(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = "This is no token of the kind that is needed here."


class TokenExpired(AuthenticationFailed):
    default_code = "token_expired"
    default_detail = "The token has expired."


class SessionEnded(AuthenticationFailed):
    default_code = "session_ended"
    default_detail = "The session of this token has ended. Sign in again."


class TokenUsed(AuthenticationFailed):
    default_code = "token_used"
    default_detail = "This refresh token has just been used. Go on with the pair that it gave."


class TokenReused(AuthenticationFailed):
    default_code = "token_reused"
    default_detail = "This refresh token was used before, so its session has ended. Sign in again."
