"""The ledger: versions added in memory, written at once, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from rest_framework.serializers import ValidationError

from events import content
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.models.history import Action
from events.roles import Role
from events.services.ledger import Ledger
from events.services.locking import lock_event
from events.tests.chains import assert_chained
from events.tests.factories import EventFactory, body, in_memory
from neofi.tests.queries import queries
from neofi.transactions import service

TABLES = (Event, Grant, HistoricalEvent, HistoricalGrant)


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def locked(event, by) -> Event:
    return lock_event(event.pk, by=by, at_least=Role.VIEWER, in_trash_too=True)


def retitle(ledger: Ledger, event: Event, title: str, **told) -> None:
    ledger.change_content(event, Action.UPDATED, {**content.of(event), "title": title}, **told)


def new_content() -> content.Content:
    return content.created(in_memory(body()), "UTC")


@pytest.mark.parametrize("hours", [0, -5, 5])
def test_versions_of_one_event_have_instants_that_grow(owner, event, monkeypatch, hours):
    now = datetime.now(UTC) + timedelta(hours=hours)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)  # the clock stands still
    ledger = Ledger(owner)
    locked_event = locked(event, owner)
    for number in range(5):
        retitle(ledger, locked_event, str(number), note=f"note {number}")
    ledger.add_version(locked_event, Action.DELETED)
    ledger.add_version(locked_event, Action.RESTORED)
    ledger.write()

    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    instants = [row.history_date for row in rows]
    assert instants == sorted(set(instants))
    assert [row.history_change_reason for row in rows][1:6] == [f"note {n}" for n in range(5)]
    assert [row.title for row in rows] == ["Planning", "0", "1", "2", "3", "4", "4", "4"]
    assert len({row.change_set for row in rows[1:]}) == 1
    assert_chained(event)
    assert Event.objects.get(pk=event.pk).deleted_at is None


def test_however_much_there_is_it_takes_a_constant_number_of_statements(owner):
    events = [locked(EventFactory(by=owner), owner) for _ in range(3)]
    ledger = Ledger(owner)
    for one in events:
        retitle(ledger, one, "A")
        retitle(ledger, one, "B")
        ledger.create(new_content())
    # the new ones; the changed ones
    with queries(2):
        ledger.write()
    with queries(0):
        Ledger(owner).write()


def test_what_changes_nothing_leaves_nothing(owner, event):
    before, ledger = everything(), Ledger(owner)
    retitle(ledger, locked(event, owner), "Planning", note="?")
    with queries(0):
        ledger.write()
    assert everything() == before


def test_back_and_forth_are_two_versions(owner, event):
    ledger, mine = Ledger(owner), locked(event, owner)
    for title in ("A", "Planning"):
        retitle(ledger, mine, title)
    ledger.write()
    assert_chained(event)
    now = Event.objects.get(pk=event.pk)
    assert (now.version, now.field_versions["title"], now.field_versions["tags"]) == (3, 3, 1)


def test_only_a_change_of_the_start_moves_the_event(owner, event):
    moved_at = Event.objects.get(pk=event.pk).moved_at
    ledger, mine = Ledger(owner), locked(event, owner)
    retitle(ledger, mine, "A")
    later = {**content.of(mine), "start_time": mine.start_time - timedelta(hours=1)}
    ledger.change_content(mine, Action.UPDATED, later)
    retitle(ledger, mine, "B")
    ledger.write()
    row = HistoricalEvent.objects.of_event(event.pk).get(version=3)
    now = Event.objects.get(pk=event.pk)
    assert moved_at < now.moved_at == row.history_date < now.updated_at


def test_what_the_ledger_does_not_change_stays(owner, event):
    fixed = ("created_at", "uid", "split_from_id")
    before = Event.objects.values(*fixed).get(pk=event.pk)
    ledger, mine = Ledger(owner), locked(event, owner)
    mine.created_at, mine.uid = mine.created_at + timedelta(days=1), "another"
    retitle(ledger, mine, "A")
    ledger.write()
    assert Event.objects.values(*fixed).get(pk=event.pk) == before


@pytest.mark.parametrize("fault", ["event", "version", "first version"])
def test_a_failing_write_leaves_nothing(owner, event, fault):
    """Whichever table refuses its rows."""
    other = EventFactory(by=owner)
    before = everything()

    @service
    def write():
        ledger = Ledger(owner)
        for number, one in enumerate((event, other)):
            mine = locked(one, owner)
            retitle(ledger, mine, "" if fault == "event" and number else "A")
        ledger.create(new_content())
        if fault == "version":
            ledger._versions[-1].version = None
        if fault == "first version":
            ledger._first_versions[-1].history_user_id = None
        ledger.write()

    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        write()
    assert everything() == before
