"""Spans and stays: written by the database with each version, and removed with it."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import connection

from events.models import Event, Span, Stay
from events.models.span import OPEN
from events.services.batch import create_events
from events.services.versions import roll_back
from events.services.writing import delete_event, purge_event, restore_event
from events.tests.factories import body, edit, in_memory

FILL = import_module("events.migrations.0014_places_left_by_existing_versions").FILL


def moved_to(hour: int) -> dict:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    return {"start_time": day.replace(hour=hour), "end_time": day.replace(hour=hour + 1)}


@pytest.fixture
def storied(event, owner):
    """Edited, moved, moved back, thrown away, restored, moved, rolled back."""
    edit(event.pk, by=owner, content={"title": "Review"})
    edit(event.pk, by=owner, content=moved_to(11))
    edit(event.pk, by=owner, content={"title": "Review, late"})
    edit(event.pk, by=owner, content=moved_to(9))
    delete_event(event.pk, by=owner)
    restore_event(event.pk, by=owner)
    edit(event.pk, by=owner, content=moved_to(13))
    roll_back(event.pk, 1, by=owner)
    return event


def spans() -> list[tuple]:
    return list(
        Span.objects.order_by("row__version").values_list(
            "row__version", "event_id", "start_time", "end_time", "since", "until"
        )
    )


def stays() -> list[tuple]:
    columns = ("row__version", "event_id", "start_time", "since", "left_at")
    return list(Stay.objects.order_by("row__version").values_list(*columns))


def test_a_span_reaches_from_its_version_to_the_next(storied):
    at = {row.version: row.history_date for row in storied.history.all()}
    # When each version came to an end, by its number.
    ends = {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 7: 8, 8: 9, 9: None}
    found = {row[0]: row[4:] for row in spans()}
    assert found == {version: (at[version], at.get(end, OPEN)) for version, end in ends.items()}
    starts = [start.hour for _, _, start, *_ in spans()]
    assert starts == [9, 9, 11, 11, 9, 9, 13, 9]


def test_a_stay_reaches_from_one_move_to_the_next_through_the_trash(storied):
    at = {row.version: row.history_date for row in storied.history.all()}
    expected = [(3, 9, 1), (5, 11, 3), (8, 9, 5), (9, 13, 8)]
    assert [(version, start.hour, *times) for version, _, start, *times in stays()] == [
        (version, hour, at[since], at[version]) for version, hour, since in expected
    ]


def test_a_move_writes_one_row_however_many_versions_there_were(event, owner):
    for number in range(20):
        edit(event.pk, by=owner, content={"title": f"Title {number}"})
    before = rows_written()
    edit(event.pk, by=owner, content=moved_to(11))
    written = {table: after - before[table] for table, after in rows_written().items()}
    # The new span, and the end of the one before; the stay.
    assert written == {"events_span": 2, "events_stay": 1}


def rows_written() -> dict[str, int]:
    """By this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables "
            "WHERE relname IN ('events_span', 'events_stay')"
        )
        return dict(cursor.fetchall())


def test_those_of_existing_versions_are_what_would_have_been_written(storied, owner):
    create_events(by=owner, items=[in_memory(body())] * 3, notes=[""] * 3)
    written = stays()
    Stay.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    assert stays() == written


def test_a_purge_leaves_none(storied, owner):
    purge_event(storied.pk, by=owner)
    assert not Span.objects.exists()
    assert not Stay.objects.exists()
    assert not Event.objects.exists()
