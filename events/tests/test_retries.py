"""A write whose transaction is lost to another one is run again, whole: nobody can tell.

The transaction is lost at its very end, when the whole handler has had its effect on everything
that is in memory.
"""

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, SerializationFailure

from accounts.tests.factories import UserFactory
from collaboration.services.access import AccessLedger
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant, RememberedAnswer
from events.services.ledger import Ledger
from events.tests import operations
from events.tests.factories import body, edit
from events.verifying.everything import Inspection
from neofi import transactions

URL = "/api/events"

pytestmark = pytest.mark.django_db(transaction=True)


class Losses:
    """Loses the first write of a ledger after each `again()`, when all of it is written."""

    def __init__(self):
        self.writes, self.error = 1, DeadlockDetected

    def again(self, error: type[Exception] = DeadlockDetected) -> None:
        self.writes, self.error = 0, error

    def losing(self, write):
        def lose_once(ledger):
            write(ledger)
            self.writes += 1
            if self.writes == 1:
                raise OperationalError("lost") from self.error("lost")

        return lose_once


@pytest.fixture
def losses(monkeypatch):
    losses = Losses()
    monkeypatch.setattr(transactions, "FIRST_PAUSE", 0)
    for ledger in (Ledger, AccessLedger):
        monkeypatch.setattr(ledger, "write", losses.losing(ledger.write))
    return losses


@pytest.fixture
def story(event, owner):
    """At version 2, and somebody to share it with."""
    UserFactory(username="newcomer")
    return edit(event.pk, by=owner, content={"title": "Review"})


DEEP = {"deep": {"list": [1, {"b": 2}]}}


def create(event) -> tuple[str, dict]:
    return URL, body(title="New", note="made", tags=["a"], metadata=DEEP)


def batch(event) -> tuple[str, dict]:
    """The updates are laid over an older version, and the second over the first."""
    made = operations.create(title="New", note="made", metadata=DEEP)
    updates = [{"location": "Hut", "note": "where"}, {"metadata": DEEP, "note": "what"}]
    patches = [operations.patch(event, **changes) | {"base_version": 1} for changes in updates]
    return f"{URL}/batch", {"operations": [made, *patches]}


def partial_batch(event) -> tuple[str, dict]:
    url, sent = batch(event)
    return url, sent | {"atomic": False}


def share(event) -> tuple[str, dict]:
    roles = {"newcomer": "viewer", "viewer": "editor"}
    users = [{"user": name, "role": role} for name, role in roles.items()]
    return f"{URL}/{event.pk}/share", {"users": users, "note": "why"}


def rollback(event) -> tuple[str, dict]:
    return f"{URL}/{event.pk}/rollback/1", {"note": "back"}


MADE = [(1, "created", "made", None, None), ("owner", None, "owner", "created", "made")]
UPDATED = [(3, "updated", "where", None, 1), (4, "updated", "what", None, 1)]
# What each writes: versions, then access.
WRITES = {
    create: (201, MADE),
    batch: (201, [MADE[0], *UPDATED, MADE[1]]),
    partial_batch: (207, [MADE[0], *UPDATED, MADE[1]]),
    share: (
        200,
        [
            ("newcomer", None, "viewer", "shared", "why"),
            ("viewer", "viewer", "editor", "role_changed", "why"),
        ],
    ),
    rollback: (200, [(3, "rolled_back", "back", 1, None)]),
}
writes = pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)


def history() -> list[tuple]:
    versions = HistoricalEvent.objects.order_by("history_id").values_list(
        "version", "action", "history_change_reason", "source_version", "merged_from"
    )
    access = HistoricalGrant.objects.order_by("history_id").values_list(
        "user__username", "previous_role", "role", "action", "history_change_reason"
    )
    return [*versions, *access]


def added(before: list[tuple]) -> list[tuple]:
    rest = history()
    for row in before:
        rest.remove(row)
    return rest


@pytest.mark.parametrize("error", [DeadlockDetected, SerializationFailure])
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}], ids=["plain", "with a key"])
@writes
def test_what_was_lost_is_written_once(api, owner, story, losses, write, headers, error):
    before, (status, expected) = history(), WRITES[write]
    url, sent = write(story)
    losses.again(error)
    answer = api(owner).post(url, sent, headers=headers)
    assert answer.status_code == status, answer.content
    assert losses.writes == 2
    assert added(before) == expected
    results = answer.json().get("results", [answer.json()])
    if write is not share:
        events = [result.get("event", result) for result in results]
        assert [event["version"] for event in events] == [row[0] for row in expected[: len(events)]]
    assert RememberedAnswer.objects.count() == len(headers)
    assert list(Inspection().faults()) == []

    if headers:
        again = api(owner).post(url, sent, headers=headers)
        assert again["Idempotent-Replayed"] == "true"
        assert again.content == answer.content
        assert (losses.writes, added(before)) == (2, expected)


@writes
def test_content_is_what_was_sent(api, owner, story, losses, write):
    url, sent = write(story)
    losses.again()
    api(owner).post(url, sent)
    made = Event.objects.filter(title="New")
    assert [event.metadata for event in made] == [DEEP] * len(made)
    assert len(made) == (write in (create, batch, partial_batch))
    story.refresh_from_db()
    told = {create: "Review", rollback: "Planning"}
    assert story.title == told.get(write, "Review")


@writes
def test_a_dry_run_tells_what_it_would_have_told(api, owner, story, losses, write):
    client = api(owner)
    url, sent = write(story)
    before = history(), list(Grant.objects.order_by("pk").values())

    def told() -> list:
        answer = client.post(f"{url}?dry_run=true", sent)
        assert answer.status_code == 200, answer.content
        results = answer.json().get("results", [answer.json()])
        return [
            (one["event"]["version"], one["changes"], one["conflicts"], one["would_tell"])
            for one in results
        ]

    expected = told()
    losses.again()
    assert told() == expected
    assert losses.writes == 2
    assert (history(), list(Grant.objects.order_by("pk").values())) == before
