"""What the scenarios stand on: PostgreSQL, a server on it, and people who are signed in."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..postgres import OwnPostgres
from ..replaying.client import Api, UnexpectedAnswer, checked
from .client import Client, Person
from .report import Report
from .server import NeoFi

PEOPLE = 8
SIGNED_IN_FOR = 240  # seconds: less than an access token lasts
HOUR = {"start_time": "2030-01-01T09:00:00Z", "end_time": "2030-01-01T10:00:00Z"}


class World:
    def __init__(self, postgres: OwnPostgres, server: NeoFi, api: Api) -> None:
        self.postgres, self.server, self.api = postgres, server, api
        self.people = [Person(f"person-{number}") for number in range(PEOPLE)]
        self._signed_in_at = 0.0

    def register_everybody(self) -> None:
        for person in self.people:
            self.api.register(person, f"{person.username}@example.org")
        self._signed_in_at = time.monotonic()

    def keep_signed_in(self) -> None:
        """New tokens before the old ones end: under faults, a lost refresh would end a session."""
        if time.monotonic() - self._signed_in_at < SIGNED_IN_FOR:
            return
        for person in self.people:
            body = {"username": person.username, "password": person.password}
            response = self.api.http.post("/api/auth/login", json=body)
            person.take_tokens(checked(response, 200).json())
        self._signed_in_at = time.monotonic()

    def clients(self, report: Report) -> list[Client]:
        """As many as the report says, acting for the people in turn."""
        return [
            Client(
                self.server.url,
                self.people[number % PEOPLE],
                report.journal,
                f"{report.prefix}{number}",
            )
            for number in range(report.clients)
        ]

    def make_shared_events(self, name: str, count: int) -> list[str]:
        """Each of another owner, with everybody else as editor."""
        return [self._make_shared_event(f"{name} {number}", number) for number in range(count)]

    def person_of(self, user_id: str) -> Person:
        return next(person for person in self.people if person.id == user_id)

    def _make_shared_event(self, title: str, number: int) -> str:
        owner = self.people[number % PEOPLE]
        event = self._call(owner, "POST", "/api/events", {"title": title, **HOUR}, 201)["id"]
        others = [person for person in self.people if person is not owner]
        body = {"users": [{"user": person.id, "role": "editor"} for person in others]}
        self._call(owner, "POST", f"/api/events/{event}/share", body, 201)
        return event

    def _call(self, person: Person, method: str, path: str, body: Any, expect: int) -> Any:
        return self.api.call(person, "setup", method, path, json=body, expect=expect)


@contextmanager
def whole_world(durable: bool = True) -> Iterator[World]:
    """All of it, started; removed at the end, however that comes. Shows the log of a failure."""
    folder = Path(tempfile.mkdtemp(prefix="neofi-faults-"))
    folder.chmod(0o711)
    try:
        with OwnPostgres(durable) as postgres:
            server = NeoFi(folder, postgres.url)
            try:
                yield _started(postgres, server)
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(postgres: OwnPostgres, server: NeoFi) -> World:
    server.start()
    world = World(postgres, server, Api(server.url, print))
    try:
        world.register_everybody()
    except UnexpectedAnswer as error:
        raise UnexpectedAnswer(f"{error}\n{server.last_words()}") from error
    return world
