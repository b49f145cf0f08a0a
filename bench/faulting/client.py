"""One client under load: sends, notes in the journal what it was told, repeats what it may."""

import itertools
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from ..replaying.client import Account, bearer
from .journal import Answer, Ask, Journal, Outcome, Rows, Version, Write

TIMEOUT = 20  # seconds: longer than any answer may take, so that one that does is measured
PAUSE = 0.2  # before something is sent again
# Of a 503, these say that the write may have been done in spite of it.
UNCERTAIN = frozenset({"database_unavailable"})


class Person(Account):
    """A user of the run, with their id."""

    id = ""

    def take_tokens(self, answer: dict[str, Any]) -> None:
        super().take_tokens(answer)
        self.id = answer["user"]["id"] if "user" in answer else self.id


class Client:
    """Belongs to one thread. `name` begins the markers of its writes."""

    def __init__(self, url: str, person: Person, journal: Journal, name: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=TIMEOUT)
        self.person, self.journal, self.name = person, journal, name
        self._numbers = itertools.count()

    def marker(self) -> str:
        """A new one: goes into the note of a write, and so into each row that it makes."""
        return f"{self.name}-{next(self._numbers)}-{secrets.token_hex(3)}"

    def read(self, path: str, kind: str = "read", **more: Any) -> httpx.Response | None:
        """The answer, if one came."""
        return self._send(Ask(kind, "GET", path, **more))[0]

    def write(self, marker: str, ask: Ask) -> httpx.Response | None:
        write = self.journal.begin(marker, self.person.id, ask)
        return self._attempt(write)

    def insist(self, marker: str, ask: Ask, stopped: Callable[[], bool]) -> Write:
        """Repeat a write that has an Idempotency-Key until it is acknowledged, or all is over."""
        write = self.journal.begin(marker, self.person.id, ask)
        while not stopped():
            response = self._attempt(write)
            if response is not None and response.is_success:
                break
            time.sleep(PAUSE)
        return write

    def _attempt(self, write: Write) -> httpx.Response | None:
        write.sent_at = datetime.now(UTC)
        patience = None if write.attempts else write.ask.hang_up
        response, sent = self._send(write.ask, patience)
        if sent:
            write.attempts += 1
            note_outcome(write, response)
        elif not write.attempts:
            write.outcome = Outcome.REFUSED
        return response

    def _send(self, ask: Ask, hang_up: float | None = None) -> tuple[httpx.Response | None, bool]:
        """The answer, and whether the request was sent at all."""
        began = time.monotonic()
        headers = {**bearer(self.person.access), **ask.headers}
        response, text = None, ""
        try:
            response = self.http.request(
                ask.method,
                ask.path,
                json=ask.body,
                params=dict(ask.params),
                headers=headers,
                timeout=hang_up or TIMEOUT,
            )
        except httpx.ConnectError:
            time.sleep(PAUSE)
            return None, False
        except httpx.TransportError as error:
            if hang_up and isinstance(error, httpx.ReadTimeout):
                self.journal.hung_up.append(hang_up)
                return None, True
            text = repr(error)
        self.journal.answers.append(answer_of(ask, response, began, text))
        return response, True


def answer_of(ask: Ask, response: httpx.Response | None, began: float, text: str) -> Answer:
    ended = time.monotonic()
    if response is None:
        return Answer(ask.kind, 0, "", began, ended, text=text)
    problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
    return Answer(
        ask.kind,
        response.status_code,
        response.json().get("code", "") if problem else "",
        began,
        ended,
        problem,
        response.headers.get("Retry-After", ""),
        "" if response.is_success else response.text,
    )


def note_outcome(write: Write, response: httpx.Response | None) -> None:
    """What the answer to the last attempt says about the write; earlier ones remain possible."""
    if response is None:
        write.outcome = Outcome.UNKNOWN
    elif response.is_success:
        note_success(write, response)
    elif write.attempts > 1 or code_of(response) in UNCERTAIN:
        write.outcome = Outcome.UNKNOWN
    else:
        write.outcome = Outcome.REFUSED


def note_success(write: Write, response: httpx.Response) -> None:
    write.change_set = response.headers.get("X-Change-Set")
    write.outcome = Outcome.DONE if write.change_set else Outcome.NOTHING
    write.replayed = response.headers.get("Idempotent-Replayed") == "true"
    body = response.json() if response.content else {}
    if response.status_code == 207:
        write.rows = rows_of_multi_status(body["results"])
    write.versions = versions_in(body) if write.change_set else []


def rows_of_multi_status(results: list[dict[str, Any]]) -> Rows:
    created = sum(result["status"] == 201 for result in results)
    return Rows(created + sum(result["status"] in (200, 204) for result in results), created)


def versions_in(body: dict[str, Any]) -> list[Version]:
    """Those of events that an answer shows, alone, in a batch, or in a batch of answers."""
    shown = body.get("results", [body])
    events = [(one or {}).get("event") or one for one in shown]
    return [
        Version(event["id"], event["version"], event["title"], event["metadata"])
        for event in events
        if isinstance(event, dict) and "metadata" in event
    ]


def code_of(response: httpx.Response) -> str:
    body = response.json() if response.content else {}
    return body.get("code", "") if isinstance(body, dict) else ""
