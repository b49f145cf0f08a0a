from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)

from accounts.models import Session
from accounts.refusals import SessionEnded, TokenInvalid
from accounts.tokens import AccessToken


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` is then the token's session."""

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise TokenInvalid
        session = session_of(AccessToken.read(parts[1]))
        request._request.user_id_for_log = session.user_id
        return session.user, session

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


def session_of(token: AccessToken) -> Session:
    """The live session and its user, in one query. Raise SessionEnded."""
    sessions = Session.objects.live().select_related("user")
    try:
        return sessions.get(pk=token.session_id, user=token.user_id)
    except Session.DoesNotExist as error:
        raise SessionEnded from error


class BrowserSessionAuthentication(SessionAuthentication):
    """The browsable API's own session, which alone may send forms (neofi.parsers)."""

    def enforce_csrf(self, request):
        # Marked before the check, for it looks for the token in the form, and so parses that.
        request.is_browser_session = True
        super().enforce_csrf(request)
