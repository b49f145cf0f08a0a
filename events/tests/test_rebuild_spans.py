"""Spans and stays changed past the service: every check finds them, `rebuild_spans` mends them."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.tests.threads import at_once
from events.models import Span, Stay
from events.services import spans as rebuilding
from events.services.writing import delete_event, purge_event
from events.tests.factories import EventFactory, edit
from events.tests.tampering import (
    A_DAY,
    ANOTHER,
    SPAN_COLUMNS,
    SPANS,
    STAY_COLUMNS,
    spans_of,
    stays_of,
)
from events.verifying import spans as checking
from events.verifying.everything import Inspection
from events.verifying.one import verify


def rows() -> list[dict]:
    return [row for model in (Span, Stay) for row in model.objects.order_by("pk").values()]


def rebuild(**options) -> str:
    call_command("rebuild_spans", stdout=(output := StringIO()), **options)
    return output.getvalue()


def faults() -> list[tuple]:
    return [(fault.event_id, fault.version, fault.code) for fault in Inspection().faults()]


def test_right_spans_are_left_as_they_are(eventful):
    before = rows()
    assert rebuild() == "Mended: 0 spans.\n"
    assert rows() == before
    assert rebuild(verbosity=0) == ""


@pytest.mark.parametrize(
    ("of", "name", "numbers", "column", "change"),
    [
        *((spans_of, "span", (1, 3, 7), *pair) for pair in SPAN_COLUMNS.items()),
        *((stays_of, "stay", (3, 4, 7), *pair) for pair in STAY_COLUMNS.items()),
    ],
)
def test_a_column_changed_by_hand_is_found_and_mended(eventful, of, name, numbers, column, change):
    before = rows()
    for number in numbers:
        assert of(eventful, number).update(**{column: change}) == 1
    expected = [(eventful.pk, number, name) for number in numbers]
    assert faults() == expected
    found = verify(eventful.pk).faults
    assert [(fault.event_id, fault.version, fault.code) for fault in found] == expected
    assert all(f"{column} must not be" in fault.message for fault in found)
    assert rebuild() == "Mended: 3 spans.\n"
    assert rows() == before
    assert faults() == verify(eventful.pk).faults == []


@pytest.mark.parametrize(("model", "changed"), [(Span, SPAN_COLUMNS), (Stay, STAY_COLUMNS)])
def test_every_column_is_changed_by_hand(model, changed):
    columns = {field.attname for field in model._meta.concrete_fields}
    assert columns - changed.keys() == {"row_id", "event_id"}


@pytest.mark.parametrize(("change", "expected"), SPANS.values(), ids=SPANS.keys())
def test_spans_moved_by_hand_are_found_and_mended(eventful, change, expected):
    before = rows()
    change(eventful)
    told = [fault.message for fault in Inspection().faults()]
    assert told == [says.format(event=eventful.pk, another=ANOTHER) for says in expected]
    rebuild()
    assert rows() == before
    assert faults() == []


def test_one_that_stands_for_two_is_found_with_both(eventful, owner):
    before = rows()
    other = EventFactory(by=owner)
    kept = rows()
    spans_of(eventful, 3).update(event=other)
    assert set(faults()) == {(eventful.pk, 3, "span"), (other.pk, None, "span")}
    assert [fault.version for fault in verify(eventful.pk).faults] == [3]
    assert [fault.version for fault in verify(other.pk).faults] == [None]
    rebuild()
    assert rows() == kept != before
    assert faults() == []


def test_the_shift_that_makes_as_of_lie_is_found(api, eventful, owner):
    created = eventful.created_at.isoformat().replace("+00:00", "Z")
    url = f"/api/events?as_of={created}&to=2026-03-03"
    then = api(owner).get(url).json()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_span SET start_time = start_time + interval '1 day', "
            "until = since + interval '1 second'"
        )
        cursor.execute("UPDATE events_stay SET start_time = start_time + interval '1 day'")
    assert api(owner).get(url).json() != then
    assert len(faults()) == len(rows()) == 11
    rebuild()
    assert api(owner).get(url).json() == then


def test_what_a_disabled_trigger_has_missed_is_found_and_mended(eventful, owner):
    with trigger_disabled():
        edit(eventful.pk, by=owner, content={"start_time": eventful.start_time - A_DAY})
        new = EventFactory(by=owner)
    assert (eventful.pk, 7, "span") in faults()
    assert (eventful.pk, 8, "span") in faults()
    assert (new.pk, 1, "span") in faults()
    assert (eventful.pk, 8, "stay") in faults()
    rebuild()
    assert faults() == []
    edit(eventful.pk, by=owner, content={"title": "On"})
    assert faults() == []


@contextmanager
def trigger_disabled():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE events_historicalevent DISABLE TRIGGER version_has_span")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE events_historicalevent ENABLE TRIGGER version_has_span")


def test_in_chunks_of_one_it_is_the_same(eventful, monkeypatch):
    before = rows()
    monkeypatch.setattr(rebuilding, "CHUNK", 1)
    monkeypatch.setattr(checking, "CHUNK", 1)
    Span.objects.all().delete()
    Stay.objects.all().delete()
    assert len(faults()) == len(before)
    assert rebuild() == f"Mended: {len(before)} spans.\n"
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_events_may_be_written_meanwhile(owner, editor, event):
    events = [event, *(EventFactory(by=owner) for _ in range(5))]
    Span.objects.all().delete()
    Stay.objects.all().delete()

    def write():
        for number in range(20):
            moved = event.start_time - number * A_DAY
            for one in events:
                edit(one.pk, by=owner, content={"start_time": moved})

    def trash():
        for _ in range(20):
            one = EventFactory(by=editor)
            delete_event(one.pk, by=editor)
            purge_event(one.pk, by=editor)

    def mend():
        for _ in range(20):
            rebuild()

    assert at_once(write, trash, mend, mend) == [None] * 4
    assert faults() == []
