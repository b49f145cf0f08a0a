"""A server with the people and events that are put into it: both have the same API and data."""

import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import jwt

from ..replaying.client import Account, bearer, checked
from .requests import NUMBER, Request, with_json

PEOPLE = 6
# Who does what, so that nobody's events change under somebody who reads them.
READER, HISTORIAN, WRITER, CREATOR, ROLLER, MERGER = range(PEOPLE)
EVENTS, FEW_EVENTS = 1000, 200  # of each; in a short run
VERSIONS = 50  # of the historian's first event
SIGNED_IN_FOR = 240  # seconds: less than an access token lasts
PAGE, DEEP_PAGE = 20, 45
CLIENTS = 8  # that put in single events


def content(number: int, title: str = "") -> dict[str, str]:
    """Of an event. Hours differ, so a list by time has one order."""
    start = datetime(2031, 3, 1, 8, tzinfo=UTC) + timedelta(hours=number)
    return {
        "title": title or f"Review {number:06}",
        "description": f"Round {number}: what was done, what is open, who takes it up until when.",
        "location": f"Building {number % 7}, floor {number % 5}",
        "start_time": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_time": (start + timedelta(minutes=50)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


class Server(Protocol):
    url: str
    pid: int


class Target(ABC):
    name = ""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx.Client(base_url=server.url, timeout=120)
        self.events: list[list[str]] = []  # ids, by person
        self.deep_page = ""

    @abstractmethod
    def headers(self, person: int) -> dict[str, str]:
        """That sign a request."""

    def request(self, person: int, method: str, path: str, body: Any = None) -> Request:
        headers = self.headers(person)
        return with_json(method, path, headers, body) if body else Request(method, path, headers)

    def call(self, person: int, method: str, path: str, body: Any = None) -> Any:
        """The body of an answer that is as it should be."""
        answer = self.request(person, method, path, body).send(self.http)
        return checked(answer, 200, 201).json()

    @abstractmethod
    def enrol(self) -> None:
        """Everybody, in order."""

    @abstractmethod
    def create_many(self, person: int, contents: list[dict]) -> list[str]:
        """The ids of new events, in the order given."""

    def populate(self, events: int) -> None:
        self.enrol()
        contents = [content(number) for number in range(events)]
        self.events = [self.create_many(person, contents) for person in range(PEOPLE)]
        path = f"/api/events/{self.events[HISTORIAN][0]}"
        for number in range(1, VERSIONS):
            self.call(HISTORIAN, "PUT", path, content(number))
        self.deep_page = self._path_of_page(min(DEEP_PAGE, events // PAGE))

    def versions(self, person: int) -> dict[str, int]:
        """The current version of each of somebody's events."""
        found, path = {}, "/api/events?page_size=100"
        while path:
            page = self.call(person, "GET", path)
            found |= {event["id"]: event["version"] for event in page["results"]}
            path = page["next"] and path_of(page["next"])
        return found

    def _path_of_page(self, number: int) -> str:
        """As a client finds it: by following `next`."""
        path = f"/api/events?page_size={PAGE}"
        for _ in range(number - 1):
            path = path_of(self.call(READER, "GET", path)["next"])
        return path


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


class Ours(Target):
    name = "ours"

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._etags: dict[str, str] = {}

    def etag(self, request: Request) -> str:
        """Of what a request reads that nobody changes."""
        if request.path not in self._etags:
            self._etags[request.path] = request.send(self.http).headers["ETag"]
        return self._etags[request.path]

    def enrol(self) -> None:
        self.people = [Account(f"person-{number}") for number in range(PEOPLE)]
        for account in self.people:
            body = {"username": account.username, "password": account.password}
            body["email"] = f"{account.username}@example.org"
            answer = with_json("POST", "/api/auth/register", {}, body).send(self.http)
            account.take_tokens(checked(answer, 201).json())
        self._signed_in_at = time.monotonic()

    def headers(self, person: int) -> dict[str, str]:
        if time.monotonic() - self._signed_in_at > SIGNED_IN_FOR:
            for number, account in enumerate(self.people):
                answer = self.login_request(number).send(self.http)
                account.take_tokens(checked(answer, 200).json())
            self._signed_in_at = time.monotonic()
        return bearer(self.people[person].access)

    def login_request(self, person: int) -> Request:
        account = self.people[person]
        body = {"username": account.username, "password": account.password}
        return with_json("POST", "/api/auth/login", {}, body)

    def create_many(self, person: int, contents: list[dict]) -> list[str]:
        made = self.call(person, "POST", "/api/events/batch", {"events": contents})
        return [event["id"] for event in made["results"]]

    def populate(self, events: int) -> None:
        super().populate(events)
        for person in (ROLLER, MERGER):
            self._retitle(person)

    def _retitle(self, person: int) -> None:
        """A second version of each event, in which nothing but the title differs."""
        operations = [
            {"op": "update", "id": event, "event": {"title": f"Retitled {number}"}}
            for number, event in enumerate(self.events[person])
        ]
        self.call(person, "POST", "/api/events/batch", {"operations": operations})


class Limit(Target):
    name = "limit"

    def __init__(self, server: Server, secret: str, people: list[int]) -> None:
        """Its people are in its database already: nobody registers there."""
        super().__init__(server)
        self._secret, self._people = secret, people

    def enrol(self) -> None:
        expiry = datetime.now(UTC) + timedelta(days=1)
        claims = [{"person": person, "exp": expiry} for person in self._people]
        self._tokens = [jwt.encode(claim, self._secret, "HS256") for claim in claims]

    def headers(self, person: int) -> dict[str, str]:
        return bearer(self._tokens[person])

    def create_many(self, person: int, contents: list[dict]) -> list[str]:
        def create(body: dict) -> str:
            return self.call(person, "POST", "/api/events", body)["id"]

        with ThreadPoolExecutor(CLIENTS) as pool:  # one alone would wait for the disk each time
            return list(pool.map(create, contents))


def numbered(number: int) -> dict[str, str]:
    """The content of an event, with a title that is another one each time that it is sent."""
    return content(number, title=f"Review {NUMBER.decode()}")
