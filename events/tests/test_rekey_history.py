"""`manage.py rekey_history`: the chains under another key, and what it will not make anew."""

from io import StringIO
from itertools import islice

import pytest
from django.core.management import CommandError, call_command

from events.models import Event, HistoricalEvent
from events.services import rekeying
from events.services.rekeying import Outcome, rekey_history
from events.tests import tampering
from events.tests.factories import EventFactory, edit
from events.tests.tampering import chain_anew, change_event, change_version, version
from events.verifying.everything import Inspection
from events.verifying.one import verify


@pytest.fixture
def eventful(owner, editor):
    EventFactory(by=owner)
    return tampering.eventful(owner, editor)


def run() -> str:
    call_command("rekey_history", stdout=(output := StringIO()))
    return output.getvalue()


def change_key(settings, before: str, now: str) -> None:
    settings.HISTORY_KEY_BEFORE, settings.HISTORY_KEY = before, now


def faults() -> list:
    return list(Inspection().faults())


@pytest.mark.parametrize(("before", "now"), [("", "one"), ("one", "two"), ("one", "")])
def test_every_chain_gets_the_new_key(eventful, settings, before, now):
    change_key(settings, "", before)
    run()
    change_key(settings, before, now)
    assert faults()
    assert run() == "Rekeyed: 2 events; 0 had the new key already.\n"
    assert faults() == []
    settings.HISTORY_KEY = before
    assert faults()


def test_nothing_but_the_hashes_is_changed(eventful, settings):
    def rest():
        return list(HistoricalEvent.objects.order_by("pk").defer("hash").values()), list(
            Event.objects.order_by("pk").values()
        )

    def without_hashes(tables):
        hashes = {"hash", "history_head"}
        return [[{k: v for k, v in row.items() if k not in hashes} for row in t] for t in tables]

    before = without_hashes(rest())
    change_key(settings, "", "key")
    run()
    assert without_hashes(rest()) == before


def test_a_second_run_finds_nothing_to_do(eventful, settings):
    change_key(settings, "", "key")
    run()
    heads = set(Event.objects.values_list("history_head", flat=True))
    assert run() == "Rekeyed: 0 events; 2 had the new key already.\n"
    assert set(Event.objects.values_list("history_head", flat=True)) == heads


def test_an_interrupted_run_goes_on(eventful, settings, monkeypatch):
    monkeypatch.setattr(rekeying, "CHUNK", 1)
    change_key(settings, "", "key")
    assert [outcome for _, outcome in islice(rekey_history(before="", now="key"), 1)] == ["rekeyed"]
    assert run() == "Rekeyed: 1 events; 1 had the new key already.\n"
    assert faults() == []


def test_versions_written_with_the_new_key_meanwhile_are_no_hindrance(eventful, owner, settings):
    change_key(settings, "", "key")
    edit(eventful.pk, by=owner, content={"title": "Meanwhile"})
    assert run() == "Rekeyed: 2 events; 0 had the new key already.\n"
    assert faults() == []


@pytest.mark.parametrize("rows", [1, 2, 7, 200])
def test_a_long_chain_is_written_a_few_rows_at_a_time(eventful, settings, monkeypatch, rows):
    monkeypatch.setattr(rekeying, "ROWS", rows)
    change_key(settings, "", "key")
    run()
    assert verify(eventful.pk).faults == []


@pytest.mark.parametrize(
    "change",
    [
        lambda event: change_version(event, 3, history_change_reason="mine"),
        lambda event: change_version(event, 7, hash="0" * 64),
        lambda event: change_event(event, history_head="0" * 64),
        lambda event: change_event(event, version=9),
        lambda event: version(event, 3).delete(),
        lambda event: version(event, 7).delete(),
        lambda event: HistoricalEvent.objects.of_event(event.pk).delete(),
        lambda event: chain_anew(event, "another"),
    ],
    ids=["note", "hash", "head", "version", "middle gone", "newest gone", "all gone", "other key"],
)
def test_a_chain_that_does_not_hold_is_named_and_left(eventful, settings, change):
    change(eventful)
    before = list(version(eventful, 1).values()), Event.objects.values().get(pk=eventful.pk)
    change_key(settings, "", "key")
    out = StringIO()
    with pytest.raises(CommandError, match="1 events are as they were"):
        call_command("rekey_history", stdout=out)
    assert out.getvalue().splitlines() == [
        f"Event {eventful.pk}: its chain holds under neither key.",
        "Rekeyed: 1 events; 0 had the new key already.",
    ]
    after = list(version(eventful, 1).values()), Event.objects.values().get(pk=eventful.pk)
    assert after == before


def test_a_version_of_the_old_key_behind_one_of_the_new_is_refused(eventful, owner, settings):
    """Somebody without the new key has gone on with the old one."""
    run_with = dict(rekey_history(before="", now="key"))
    assert run_with[eventful.pk] == Outcome.REKEYED
    edit(eventful.pk, by=owner, content={"title": "Mine"})
    assert dict(rekey_history(before="", now="key"))[eventful.pk] == Outcome.REFUSED
