"""`manage.py purge_trash`: what has been in the trash for long enough goes for good."""

from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils.timezone import now
from rest_framework.exceptions import NotFound

from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.services import trash
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory
from events.tests.test_concurrency import while_locked

OLD, NEW = timedelta(days=31), timedelta(days=29)


def thrown_away(by, ago: timedelta) -> Event:
    event = delete_event(EventFactory(by=by).pk, by=by)
    Event.objects.filter(pk=event.pk).update(deleted_at=now() - ago)
    return event


def purge() -> str:
    call_command("purge_trash", stdout=(output := StringIO()))
    return output.getvalue()


def left() -> set:
    return set(Event.objects.values_list("pk", flat=True))


def test_what_is_old_enough_goes_and_the_rest_stays(owner, editor, event):
    new = thrown_away(owner, NEW)
    for by in (owner, editor):
        thrown_away(by, OLD)
    assert purge() == "Purged: 2 events.\n"
    assert left() == {event.pk, new.pk}
    assert set(HistoricalEvent.objects.values_list("id", flat=True)) == left()
    for model in (Grant, HistoricalGrant):
        assert set(model.objects.values_list("event_id", flat=True)) == left()
    assert purge() == "Purged: 0 events.\n"


@pytest.mark.parametrize(("days", "expected"), [(0, 2), (30, 1), (32, 0)])
def test_how_long_is_a_setting(owner, settings, days, expected):
    settings.TRASH_DAYS = days
    for ago in (OLD, NEW):
        thrown_away(owner, ago)
    assert purge() == f"Purged: {expected} events.\n"


def test_it_goes_on_until_nothing_is_left(owner, monkeypatch):
    monkeypatch.setattr(trash, "CHUNK", 2)
    for _ in range(5):
        thrown_away(owner, OLD)
    assert purge() == "Purged: 5 events.\n"
    assert left() == set()


def test_when_asked_to_be_quiet_it_says_nothing(owner):
    call_command("purge_trash", verbosity=0, stdout=(output := StringIO()))
    assert output.getvalue() == ""


def test_what_an_event_was_split_from_may_go(owner):
    old, other = thrown_away(owner, OLD), EventFactory(by=owner)
    Event.objects.filter(pk=other.pk).update(split_from=old)
    purge()
    assert Event.objects.get().split_from is None


@pytest.mark.django_db(transaction=True)
def test_who_restores_first_keeps_the_event(owner):
    event = thrown_away(owner, OLD)
    (purged,) = while_locked(
        event,
        lambda: restore_event(event.pk, by=owner),
        partial(trash.purge_trash, thrown_away_before=now()),
    )
    assert purged == 0
    assert Event.objects.get().deleted_at is None


@pytest.mark.django_db(transaction=True)
def test_who_restores_too_late_finds_nothing(owner):
    event = thrown_away(owner, OLD)
    (restored,) = while_locked(
        event,
        lambda: trash.purge_trash(thrown_away_before=now()),
        partial(restore_event, event.pk, by=owner),
    )
    assert isinstance(restored, NotFound)
    assert left() == set()


@pytest.mark.django_db(transaction=True)
def test_who_restores_and_deletes_again_starts_anew(owner):
    event, before = thrown_away(owner, OLD), now()

    def back_and_forth():
        restore_event(event.pk, by=owner)
        delete_event(event.pk, by=owner)

    (purged,) = while_locked(
        event, back_and_forth, partial(trash.purge_trash, thrown_away_before=before)
    )
    assert purged == 0
    assert left() == {event.pk}


@pytest.mark.django_db(transaction=True)
def test_what_was_purged_before_an_interruption_stays_purged(owner, monkeypatch):
    monkeypatch.setattr(trash, "CHUNK", 1)
    first, second = thrown_away(owner, OLD), thrown_away(owner, OLD)
    remove = trash.remove

    def interrupted(event):
        assert transaction.get_connection().in_atomic_block
        if event.pk == second.pk:
            raise KeyboardInterrupt
        remove(event)

    monkeypatch.setattr(trash, "remove", interrupted)
    with pytest.raises(KeyboardInterrupt):
        purge()
    assert left() == {second.pk}
    assert not HistoricalEvent.objects.of_event(first.pk).exists()
    monkeypatch.undo()
    assert purge() == "Purged: 1 events.\n"
