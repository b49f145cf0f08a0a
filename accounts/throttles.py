"""How often one address, and one account, may try."""

from collections.abc import Mapping

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.tokens import RefreshToken
from neofi.throttling import AddressThrottle, ScopedThrottle


class RegisterThrottle(AddressThrottle):
    scope = "register"


class LoginThrottle(AddressThrottle):
    scope = "login"


class LoginAccountThrottle(ScopedThrottle):
    """So many tries at one account, wherever they come from."""

    scope = "login"

    def get_cache_key(self, request, view):
        account = text_in_body(request, "username").lower()
        return self.key_for(account) if account else None


class RefreshThrottle(AddressThrottle):
    scope = "refresh"


class RefreshAccountThrottle(ScopedThrottle):
    scope = "refresh"

    def get_cache_key(self, request, view):
        try:
            token = RefreshToken.read(text_in_body(request, "refresh"))
        except AuthenticationFailed:
            return None  # nobody's account; the address is counted all the same
        return self.key_for(str(token.user_id))


def text_in_body(request: Request, name: str) -> str:
    """A text that has not been validated yet, or ""."""
    value = request.data.get(name) if isinstance(request.data, Mapping) else None
    return value if isinstance(value, str) else ""
