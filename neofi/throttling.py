"""Throttles: a rate for each scope, from the environment; `none` switches one off."""

from hashlib import sha256

from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from neofi.addresses import client_address


class ScopedThrottle(SimpleRateThrottle):
    """DRF's sliding window, with the client's address as the rest of the system sees it."""

    def get_rate(self):
        rate = api_settings.DEFAULT_THROTTLE_RATES[self.scope]
        return None if rate == "none" else rate

    def get_ident(self, request):
        return client_address(request)

    def key_for(self, ident: str) -> str:
        # Hashed: what people type into a login form is no cache key, and no business of the cache.
        return f"throttle:{self.scope}:{type(self).__name__}:{sha256(ident.encode()).hexdigest()}"


class AddressThrottle(ScopedThrottle):
    """So many requests from one address. Subclasses name the scope."""

    def get_cache_key(self, request, view):
        return self.key_for(self.get_ident(request))


class UserThrottle(ScopedThrottle):
    """So many requests by one signed-in user, all endpoints together."""

    scope = "user"

    def get_cache_key(self, request, view):
        return self.key_for(str(request.user.pk)) if request.user.is_authenticated else None
