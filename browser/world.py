"""A server with people, events and a past, and a browser to look at it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.faulting.server import NeoFi
from bench.postgres import OwnPostgres

PASSWORD = "correct horse battery staple"
PEOPLE = ("ada", "grace", "linus", "margaret", "edsger", "barbara")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# As root, Chromium has no sandbox; what it would tell its makers is nobody's business.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AGENDA = [
    ("Design review", "Room 4, Building B", ["design"]),
    ("Quarterly planning", "Main hall", ["planning", "team"]),
    ("Release day", "Online", ["release"]),
    ("Hiring round", "Room 2", ["people"]),
    ("Board meeting", "Board room", ["board", "planning"]),
    ("Offsite", "Lakeside", ["team"]),
]
NOTES = "Goals of the quarter.\nWho does what, and until when.\nQuestions that are open."


class World:
    def __init__(self, server: NeoFi, folder: Path):
        self.url = server.url
        self.manage = server.manage
        self.admin_password = (folder / "admin-password").read_text().strip()
        self._clients: dict[str, httpx.Client] = {}

    def api(self, person: str) -> httpx.Client:
        """The API as that person, who is registered at the first call."""
        if person not in self._clients:
            client = httpx.Client(base_url=f"{self.url}/api", timeout=30)
            account = {"username": person, "email": f"{person}@example.org", "password": PASSWORD}
            answer = told(client.post("/auth/register", json=account))
            client.headers["Authorization"] = f"Bearer {answer['access']}"
            self._clients[person] = client
        return self._clients[person]

    def id_of(self, person: str) -> str:
        return told(self.api(person).get("/auth/me"))["id"]

    def event(self, person: str, **content: Any) -> dict:
        """A new event of theirs."""
        times = {"start_time": "2027-03-02T09:00Z", "end_time": "2027-03-02T10:30Z"}
        return told(self.api(person).post("/events", json={"title": "Review", **times, **content}))

    def fill(self) -> dict:
        """Six people, their shared agenda, and one event with a past, which is the answer."""
        for number, person in enumerate(PEOPLE):
            for place, (title, location, tags) in enumerate(AGENDA):
                day = f"2027-03-{1 + (number * 5 + place) % 28:02}"
                times = {"start_time": f"{day}T{9 + place:02}:00Z"}
                times["end_time"] = f"{day}T{10 + place:02}:00Z"
                self.event(person, title=title, location=location, tags=tags, **times)
        event = self.event("ada", title="Launch", description=NOTES, tags=["launch"])
        path = f"/events/{event['id']}"
        ada = self.api("ada")
        people = [{"user": person, "role": "editor"} for person in PEOPLE[1:4]]
        told(ada.post(f"{path}/share", json={"users": people}))
        edits = [
            ("grace", {"location": "Main hall", "note": "The small room is taken."}),
            ("linus", {"description": NOTES.replace("quarter", "whole year")}),
            ("margaret", {"title": "Launch of the second edition", "tags": ["launch", "press"]}),
            ("grace", {"start_time": "2027-03-02T10:00Z", "end_time": "2027-03-02T12:00Z"}),
        ]
        for person, change in edits:
            event = told(self.api(person).patch(path, json=change))
        return event


def told(answer: httpx.Response) -> dict:
    assert answer.is_success, answer.text
    return answer.json()


@contextmanager
def world() -> Iterator[World]:
    """A server on an empty database, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="neofi-browser-") as name, OwnPostgres(False) as own:
        folder = Path(name)
        server = NeoFi(folder, own.url)
        server.start()
        try:
            yield World(server, folder)
        finally:
            server.stop()
