"""Who is asking: the bearer of an access token, or the browsable API's own session."""

import time
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication

from accounts.models import Session, User
from accounts.refusals import SessionEnded, TokenExpired, TokenInvalid
from accounts.tokens import AccessToken
from neofi.statements import Bound, Parameter, Statement

USER_FIELDS = [field.attname for field in User._meta.concrete_fields]


class Claims(NamedTuple):
    """What an access token says; `expires_at` in seconds since 1970."""

    session_id: UUID
    user_id: UUID
    expires_at: int


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` is then what the token says."""

    def authenticate(self, request):
        parts = request.META.get("HTTP_AUTHORIZATION", "").split()
        if not parts or parts[0].lower() != "bearer":
            return None
        if len(parts) != 2:
            raise TokenInvalid
        claims = claims_of(parts[1])
        user = user_of(claims, request.parser_context["view"])
        request._request.user_id_for_log = user.pk
        return user, claims

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


def claims_of(text: str) -> Claims:
    """What a valid access token says. Raise TokenInvalid or TokenExpired."""
    claims = _genuine_claims(text)
    if claims.expires_at <= time.time():
        raise TokenExpired
    return claims


@lru_cache(maxsize=4096)
def _genuine_claims(text: str) -> Claims:
    # A signature that was good stays good. To check it costs 0.1 ms, and clients send a token for
    # minutes. Whether its session lives is asked of the database each time.
    token = AccessToken.read(text)
    return Claims(token.session_id, token.user_id, token["exp"])


def user_of(claims: Claims, view: Any) -> User:
    """The user of the claims' live session, in one query. Raise SessionEnded.

    The query brings along what the view will read of the database anyway, if it says so
    (neofi.views.StrictView.ahead): a round trip less, of two or three.
    """
    told = {"session": claims.session_id, "user": claims.user_id, "now": timezone.now()}
    asked = Bound(_live_user(), told)
    ahead = getattr(view, "ahead", lambda: None)()
    if ahead is None:
        row = next(iter(asked.rows()), None)
    else:
        row, view.found_ahead = asked.and_along(ahead).rows()
    if row is None:
        raise SessionEnded
    return User.from_db(DEFAULT_DB_ALIAS, USER_FIELDS, row)


@cache
def _live_user() -> Statement:
    live = Session.objects.live(at=Parameter("now", models.DateTimeField()))
    named = live.filter(
        pk=Parameter("session", models.UUIDField()), user=Parameter("user", models.UUIDField())
    )
    return Statement(named.values_list(*(f"user__{name}" for name in USER_FIELDS)))


class BrowserSessionAuthentication(SessionAuthentication):
    """The browsable API's own session, which alone may send forms (neofi.parsers)."""

    def enforce_csrf(self, request):
        # Marked before the check, for it looks for the token in the form, and so parses that.
        request.is_browser_session = True
        super().enforce_csrf(request)
