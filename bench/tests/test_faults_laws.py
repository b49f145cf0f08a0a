"""Each law of bench/faults.py, broken by hand in the database, is found broken."""

import json
from dataclasses import replace

import pytest
from django.db import connection

from bench.faulting.database import LAWS, broken_laws, read_rows
from bench.faulting.judging import Row
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant, RememberedAnswer
from events.tests.tampering import ANOTHER, eventful, without_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(owner, editor):
    return eventful(owner, editor)


def broken():
    """The laws that do not hold, by what their faults say."""
    connection.ensure_connection()
    texts = [fault.text for fault in broken_laws(connection.connection)]
    return {law for law in LAWS if any(law in text for text in texts)}


def newest(event):
    return HistoricalEvent.objects.filter(id=event.pk, version=event.version)


def test_what_the_services_left_breaks_none(event):
    assert broken() == set()


def test_a_version_that_is_gone_from_the_middle(event):
    HistoricalEvent.objects.filter(id=event.pk, version=3).delete()
    assert broken() == {"versions go from 1 up without a gap"}


def test_the_newest_version_gone(event):
    newest(event).delete()
    assert broken() == {"every event is what its newest version is"}


def test_an_event_ahead_of_its_history(event):
    Event.objects.filter(pk=event.pk).update(version=event.version + 1)
    assert broken() == {"every event is what its newest version is"}


@pytest.mark.parametrize(
    "change", [{"title": "Mine"}, {"metadata": {"n": 2}}, {"tags": ["x"]}, {"recurrence": "F"}]
)
def test_a_content_that_no_version_has(event, change):
    Event.objects.filter(pk=event.pk).update(**change)
    assert broken() == {"every event is what its newest version is"}


def test_a_time_that_goes_back(event):
    first = HistoricalEvent.objects.get(id=event.pk, version=1)
    newest(event).update(history_date=first.history_date.replace(year=2000))
    assert broken() == {"the times of versions grow"}


def test_history_without_its_event(event):
    HistoricalEvent.objects.filter(id=event.pk, version=1).update(id=ANOTHER)
    assert "no version is of an event that is not there" in broken()


def test_an_event_without_its_owner(event, editor):
    without_triggers(
        "events_grant", "UPDATE events_grant SET role = 'editor' WHERE event_id = %s", event.pk
    )
    assert "every event has one owner" in broken()


def test_access_without_its_history(event, editor):
    HistoricalGrant.objects.filter(event=event.pk, user=editor.pk).delete()
    assert broken() == {"access is what its newest row of history says"}


def test_history_of_access_that_is_not_there(event, editor):
    Grant.objects.filter(event=event, user=editor)._raw_delete("default")
    assert broken() == {"access is what its newest row of history says"}


def test_a_remembered_answer_about_nothing(event, owner):
    answer = RememberedAnswer(scope="s", user=owner, fingerprint="f", status=201, headers={})
    answer.body, answer.event_ids = f'{{"id": "{ANOTHER}"}}', []
    answer.created_at = event.created_at
    answer.save()
    assert broken() == {"every remembered answer tells of an event that is there"}


def test_rows_are_read_by_what_their_notes_begin_with(event):
    connection.ensure_connection()
    (row,) = read_rows(connection.connection, "bett")
    stored = HistoricalEvent.objects.get(id=event.pk, history_change_reason="better")
    # Under Django's connection JSON stays text.
    assert replace(row, metadata=json.loads(row.metadata)) == Row(
        "better",
        str(event.pk),
        str(stored.change_set),
        stored.history_date,
        stored.version,
        "Review",
        {"n": 1},
    )
