"""Spans: written by the database with each version, and removed with it."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import connection

from events.models import Event, Span
from events.models.span import OPEN
from events.services.batch import create_events
from events.services.versions import roll_back
from events.services.writing import delete_event, purge_event, restore_event
from events.tests.factories import body, edit, in_memory

FILL = import_module("events.migrations.0009_spans_of_existing_versions").FILL


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
            "row__version", "event_id", "start_time", "end_time", "since", "until", "left_at"
        )
    )


def test_a_span_reaches_from_its_version_to_the_next(storied):
    at = {row.version: row.history_date for row in storied.history.all()}
    # When each version came to an end, and when its start did: by their numbers.
    ends = {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 7: 8, 8: 9, 9: None}
    left = {1: 3, 2: 3, 3: 5, 4: 5, 5: 8, 7: 8, 8: 9, 9: None}
    found = {row[0]: row[4:] for row in spans()}
    assert found == {
        version: (at[version], at.get(ends[version], OPEN), at.get(left[version], OPEN))
        for version in ends
    }
    starts = [start.hour for _, _, start, *_ in spans()]
    assert starts == [9, 9, 11, 11, 9, 9, 13, 9]


def test_those_of_existing_versions_are_what_would_have_been_written(storied, owner):
    create_events(by=owner, items=[in_memory(body())] * 3, notes=[""] * 3)
    written = sorted(spans(), key=str)
    Span.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    assert sorted(spans(), key=str) == written


def test_a_purge_leaves_none(storied, owner):
    purge_event(storied.pk, by=owner)
    assert not Span.objects.exists()
    assert not Event.objects.exists()
