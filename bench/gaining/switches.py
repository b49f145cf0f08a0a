"""Each means of being fast, and how to do without it. Imported once Django is set up."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from psycopg import RawCursor
from rest_framework.throttling import SimpleRateThrottle

from accounts import authentication
from events import changelog, reading
from events.views.base import EventScopedViewSet
from events.views.events import EventViewSet
from neofi import statements, views, wsgi
from neofi.throttling import UserThrottle

COMPILED = [
    authentication._live_user,
    reading.event,
    reading.events,
    reading._versions,
    reading._history,
    changelog._page,
    statements._joined,
]


@contextmanager
def every_time(*caches) -> Iterator[None]:
    """Nothing that they keep outlasts a request."""
    ask = wsgi.django.__class__.__call__

    def forgetful(handler, environ, start_response):
        for cache in caches:
            cache.cache_clear()
        return ask(handler, environ, start_response)

    with patch.object(wsgi.django.__class__, "__call__", forgetful):
        yield


@contextmanager
def unprepared() -> Iterator[None]:
    kept = connection.connection.prepare_threshold
    connection.connection.prepare_threshold = None
    try:
        yield
    finally:
        connection.connection.prepare_threshold = kept


@contextmanager
def apart() -> Iterator[None]:
    with ExitStack() as stack:
        for view in (views.StrictView, EventScopedViewSet, EventViewSet):
            stack.enter_context(patch.object(view, "ahead", lambda self: None))
        yield


@contextmanager
def the_long_way() -> Iterator[None]:
    """Through every middleware."""
    short = "neofi.middleware.api_calls"
    kept, settings.MIDDLEWARE = settings.MIDDLEWARE, [m for m in settings.MIDDLEWARE if m != short]
    wsgi.django.load_middleware()
    try:
        yield
    finally:
        settings.MIDDLEWARE = kept
        wsgi.django.load_middleware()


class PsycopgsOwn(RawCursor):
    found = None

    def execute(self, query, params=()):
        super().execute(query, params, prepare=True, binary=True)
        if self.found is not None:
            self.found.append(self.fetchall() if self.description else [])
        return self

    @contextmanager
    def at_once(self, commit=False) -> Iterator[list]:
        """One after the other; the COMMIT is left to Django."""
        self.found = found = []
        try:
            yield found
        finally:
            self.found = None


def psycopgs_own():
    cursor = PsycopgsOwn(connection.connection)
    return patch.object(statements, "_cursor_of", lambda connection: cursor)


@contextmanager
def every_request_remembered() -> Iterator[None]:
    with (
        patch.object(UserThrottle, "allow_request", SimpleRateThrottle.allow_request),
        patch.object(UserThrottle, "wait", SimpleRateThrottle.wait),
    ):
        UserThrottle.cache.clear()
        yield
        UserThrottle.cache.clear()


SWITCHES = {
    "all of it": nullcontext,
    "SQL made for each request": lambda: every_time(*COMPILED),
    "nothing prepared": unprepared,
    "psycopg's own cursor": psycopgs_own,
    "session read by itself": apart,
    "every middleware": the_long_way,
    "signature checked each time": lambda: every_time(authentication._genuine_claims),
    "throttle that keeps every request": every_request_remembered,
}
