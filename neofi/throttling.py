"""Throttles: a rate for each scope, from the environment; `none` switches one off."""

from hashlib import sha256

from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from neofi.addresses import client_address

ROUNDING = 1e-6  # seconds


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
    """So many requests by one signed-in user, all endpoints together.

    DRF keeps the time of every request in the window, thousands at a high rate. This keeps one:
    when the requests so far would be done, had they come evenly (the generic cell rate algorithm).
    All of a window's requests may come at once; after that, one at a time as the rate allows.
    """

    scope = "user"

    def get_cache_key(self, request, view):
        user = request.user
        return f"throttle:{self.scope}:{user.pk}" if user.is_authenticated else None

    def allow_request(self, request, view):
        if self.rate is None:
            return True
        cache = caches[DEFAULT_CACHE_ALIAS]  # looked up once: DRF's name for it does so at each use
        key = self.get_cache_key(request, view)
        if key is None:
            return True
        now = self.timer()
        share = self.duration / self.num_requests if self.num_requests else 2 * self.duration
        done = max(cache.get(key, now), now) + share
        self.early = done - now - self.duration
        if self.early > ROUNDING:
            return False
        cache.set(key, done, self.duration)
        return True

    def wait(self):
        return self.early
