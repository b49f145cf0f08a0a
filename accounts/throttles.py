"""How often one address, and one account, may try."""

from collections.abc import Mapping
from functools import wraps

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import RefreshToken
from neofi.problem_views import too_many_requests
from neofi.throttling import AddressThrottle, ScopedThrottle


class RegisterThrottle(AddressThrottle):
    scope = "register"


class LoginThrottle(AddressThrottle):
    scope = "login"


class LoginAccountThrottle(ScopedThrottle):
    """So many tries at one account, wherever they come from and however it is spelt."""

    scope = "login"

    def get_cache_key(self, request, view):
        name = text_in_body(request, "username")
        if not name:
            return None
        user_id = User.objects.called(name).values_list("pk", flat=True).first()
        # Names of nobody count too: otherwise the throttle would tell which ones exist.
        return self.key_for(str(user_id or name.lower()))


LOGIN = [LoginThrottle, LoginAccountThrottle]


def throttled_page(view):
    """A login page of Django's, whose tries count together with those at the API's login."""

    @wraps(view)
    def throttled(request, *args, **kwargs):
        if request.method == "POST":
            request.data = request.POST  # where DRF's requests have it, and so our throttles look
            for throttle in [throttle_class() for throttle_class in LOGIN]:
                if not throttle.allow_request(request, view):
                    return too_many_requests(request, throttle.wait())
        return view(request, *args, **kwargs)

    return throttled


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
