"""Requests without a server: straight into the WSGI application, in this process.

Imported once Django is set up.
"""

import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import orjson
from django.utils import timezone

from accounts.models import Session, User
from accounts.tokens import AccessToken
from neofi.wsgi import application

EVENTS = 1_000
VERSIONS = 50
START = datetime(2030, 1, 1, 9, tzinfo=UTC)


class Caller:
    """Somebody with events, one of which has many versions."""

    def __init__(self):
        user = User.objects.create(username="caller", email="caller@example.org")
        week = timezone.now() + timedelta(days=7)
        session = Session.objects.create(user=user, last_used_at=timezone.now(), expires_at=week)
        self._token = str(AccessToken.for_session(session))
        self._made = 0
        events = {"events": [self.content() for _ in range(EVENTS)]}
        created = self.ask("POST", "/api/events/batch", events)["results"]
        self.events = [event["id"] for event in created]
        self.versioned = self.events[0]
        for _ in range(VERSIONS - 1):
            self.ask("PUT", f"/api/events/{self.versioned}", self.content())

    def content(self) -> dict:
        """A new one each time."""
        self._made += 1
        start = START + timedelta(hours=self._made)
        return {
            "title": f"Meeting {self._made}",
            "description": f"Agenda of meeting {self._made}: scope, dates, open questions.",
            "location": f"Room {self._made % 40}",
            "start_time": start.isoformat(),
            "end_time": (start + timedelta(hours=1)).isoformat(),
        }

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        """What the API answers. Raises AssertionError for a refusal."""
        started = []
        response = application(
            self._environ(method, path, b"" if body is None else orjson.dumps(body)),
            lambda *status_and_headers: started.extend(status_and_headers),
        )
        content = b"".join(response)
        response.close()
        assert started[0].startswith("2"), (started[0], content)
        return orjson.loads(content)

    def _environ(self, method: str, path: str, body: bytes) -> dict:
        path, _, query = path.partition("?")
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_AUTHORIZATION": f"Bearer {self._token}",
            "HTTP_X_REQUEST_ID": "gains",
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }

    def requests(self) -> dict[str, Callable[[], dict]]:
        """The scenarios of bench/load.py that are about one request."""
        event, versioned = (f"/api/events/{one}" for one in (self.events[7], self.versioned))
        return {
            "get_one": lambda: self.ask("GET", event),
            "list_page": lambda: self.ask("GET", "/api/events?page_size=20"),
            "changelog": lambda: self.ask("GET", f"{versioned}/changelog?page_size=50"),
            "diff": lambda: self.ask("GET", f"{versioned}/diff/3/40"),
            "create": lambda: self.ask("POST", "/api/events", self.content()),
            "update": lambda: self.ask("PUT", event, self.content()),
        }
