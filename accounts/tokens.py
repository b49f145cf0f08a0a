"""The tokens of a session. They are SimpleJWT's, with its signing, claims and blacklist tables.

They stand beside SimpleJWT's own RefreshToken, not below it: that one keeps each token readable in
OutstandingToken, and looks at the blacklist before the session is locked, so that two parallel
refreshes would both win.
"""

from copy import copy
from datetime import datetime
from typing import Self
from uuid import UUID

from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import datetime_from_epoch

from accounts.models import Session
from accounts.refusals import TokenExpired, TokenInvalid
from neofi.ids import parse_uuid


class SessionToken(Token):
    """Carries `sid`, the session that it belongs to, and `sub`, the session's user."""

    @classmethod
    def for_session(cls, session: Session) -> Self:
        token = cls()
        token["sub"] = str(session.user_id)
        token["sid"] = str(session.pk)
        return token

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """The token that somebody presents. Raise TokenInvalid or TokenExpired."""
        try:
            return cls(text)
        except ExpiredTokenError as error:
            raise TokenExpired from error
        except TokenError as error:
            raise TokenInvalid from error

    def verify(self) -> None:
        super().verify()
        if self.session_id is None or self.user_id is None:
            raise TokenError("Token belongs to no session")

    @property
    def session_id(self) -> UUID | None:
        return parse_uuid(self.get("sid"))

    @property
    def user_id(self) -> UUID | None:
        return parse_uuid(self.get("sub"))

    @property
    def expires_at(self) -> datetime:
        return datetime_from_epoch(self["exp"])


class AccessToken(SessionToken):
    token_type = "access"
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME


class RefreshToken(SessionToken):
    """Good for one refresh: SimpleJWT's tables tell whether it was issued, and whether used."""

    token_type = "refresh"
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME

    @property
    def access_token(self) -> AccessToken:
        """A new access token of the same session."""
        access = AccessToken()
        access["sub"], access["sid"] = self["sub"], self["sid"]
        return access

    def outstand(self) -> OutstandingToken:
        """Note that it was issued. Its jti stands for it: a token kept is a token to steal."""
        return OutstandingToken.objects.create(
            user_id=self.user_id,
            jti=self["jti"],
            token=self["jti"],
            created_at=self.current_time,
            expires_at=self.expires_at,
        )

    def blacklist(self) -> None:
        """Note that it is of no use any more; a second time changes nothing."""
        issued = OutstandingToken.objects.filter(jti=self["jti"])
        BlacklistedToken.objects.bulk_create(
            [BlacklistedToken(token=token) for token in issued], ignore_conflicts=True
        )


class PastRefreshToken(RefreshToken):
    """A refresh token as logout reads it: it must be genuine, but may have expired."""

    _token_backend = copy(token_backend)
    _token_backend.leeway = 100 * 365 * 86400  # seconds: a hundred years
