"""Whether a history is what was written: what is changed by hand is found."""

from functools import partial

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from accounts.tests.threads import at_once
from collaboration.services.sharing import revoke
from events.models import Event, HistoricalEvent
from events.tests import tampering
from events.tests.factories import EventFactory, edit, shared
from events.tests.tampering import (
    COLUMNS,
    EVENT_COLUMNS,
    chain_anew,
    change_event,
    change_version,
    version,
)
from events.verifying import one
from neofi.transactions import one_moment


@pytest.fixture
def eventful(owner, editor):
    return tampering.eventful(owner, editor)


@pytest.fixture
def verify(api, eventful, owner):
    """`verify()` is what the API answers."""
    client = api(owner)
    return lambda: client.get(f"/api/events/{eventful.pk}/history/verify").json()


def codes(verdict) -> set[str]:
    return {fault["code"] for fault in verdict.get("faults", [])}


def test_a_history_as_written_is_valid(verify, eventful):
    assert verify() == {"valid": True, "versions": 7, "head": eventful.history_head}


def test_the_head_is_that_of_the_newest_version(verify, eventful, owner):
    before = verify()["head"]
    edit(eventful.pk, by=owner, content={"title": "New"})
    assert verify()["head"] == version(eventful, 8).get().hash != before


def test_an_anchored_head_is_found_again_in_the_version_of_then(verify, eventful, owner):
    anchored = verify()
    edit(eventful.pk, by=owner, content={"title": "New"})
    assert version(eventful, anchored["versions"]).get().hash == anchored["head"]


@pytest.mark.parametrize("number", [1, 3, 7])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_a_version_changed_by_hand_is_found(verify, eventful, column, number):
    change_version(eventful, number, **{column: COLUMNS[column]})
    found = verify()
    assert not found["valid"]
    assert {fault["version"] for fault in found["faults"]} & {number, number + 1, None}


def test_every_column_of_a_version_is_changed_above():
    columns = {field.attname for field in HistoricalEvent._meta.concrete_fields}
    assert columns - COLUMNS.keys() == {"history_id"}


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_a_column_of_the_event_changed_by_hand_is_found(eventful, column):
    change_event(eventful, **{column: EVENT_COLUMNS[column]})
    (fault,) = one.verify(eventful.pk).faults
    assert fault.version is None
    assert fault.code == "head" or column in fault.message


def test_every_column_of_the_event_is_changed_above():
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - EVENT_COLUMNS.keys() == {"id", "updated_by_id"}


def test_another_name_on_the_newest_change_is_found(eventful, owner):
    change_event(eventful, updated_by=owner)
    (fault,) = one.verify(eventful.pk).faults
    assert "updated_by_id" in fault.message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda event: version(event, 3).delete(), {"missing", "hash"}),
        (lambda event: version(event, 1).delete(), {"missing", "hash"}),
        (lambda event: version(event, 7).delete(), {"head", "event"}),
        (lambda event: tampering.insert_version(event, 7), {"hash", "head"}),
        (lambda event: tampering.swap(event, 2, 3), {"hash", "order"}),
        (lambda event: change_version(event, 2, history_user_id=None), {"hash", "author"}),
        (lambda event: change_version(event, 2, snapshot="{}"), {"hash", "snapshot"}),
        (lambda event: change_version(event, 2, snapshot="no JSON"), {"hash", "snapshot"}),
        (lambda event: HistoricalEvent.objects.of_event(event.pk).delete(), {"no_versions"}),
    ],
    ids=[
        "one in the middle gone",
        "the first gone",
        "the newest gone",
        "one put in",
        "two swapped",
        "nobody's",
        "an empty snapshot",
        "a snapshot that is none",
        "all gone",
    ],
)
def test_rows_moved_by_hand_are_found(verify, eventful, change, expected):
    change(eventful)
    assert expected <= codes(verify())


def test_a_fault_names_the_event_and_the_version(verify, eventful):
    change_version(eventful, 3, history_change_reason="mine")
    assert verify()["faults"] == [
        {
            "version": 3,
            "code": "hash",
            "message": f"Version 3 of event {eventful.pk}: its hash does not follow from it and "
            "the hash before.",
        }
    ]


def test_one_change_is_one_fault_however_many_versions_follow(verify, eventful):
    change_version(eventful, 2, title="Mine", location="Mine")
    (fault,) = verify()["faults"]
    assert (fault["code"], fault["version"]) == ("columns", 2)
    assert "title and location" in fault["message"]


def test_no_more_than_twenty_faults_are_told(verify, eventful, owner, settings):
    for number in range(30):
        edit(eventful.pk, by=owner, content={"title": f"Title {number}"})
    settings.HISTORY_KEY = "another"
    found = verify()
    assert (found["valid"], found["versions"], len(found["faults"])) == (False, 37, 20)
    assert found["head"] == version(eventful, 37).get().hash


def test_a_change_with_the_chain_made_anew_is_found_by_the_anchor_alone(verify, eventful):
    anchored = verify()["head"]
    change_version(eventful, 2, history_change_reason="mine")
    chain_anew(eventful)
    assert verify() == {"valid": True, "versions": 7, "head": Event.objects.get().history_head}
    assert verify()["head"] != anchored


@pytest.fixture
def keyed(settings):
    settings.HISTORY_KEY = "a key that the database does not hold"


@pytest.fixture
def eventful_with_key(keyed, eventful):
    return eventful


def test_with_a_key_a_chain_made_anew_without_it_is_found(eventful_with_key, verify):
    assert verify()["valid"]
    change_version(eventful_with_key, 2, history_change_reason="mine")
    chain_anew(eventful_with_key)
    assert codes(verify()) == {"hash"}


@pytest.mark.parametrize("key", ["", "wrong"])
def test_with_the_wrong_key_nothing_is_valid(eventful_with_key, verify, settings, key):
    settings.HISTORY_KEY = key
    found = verify()
    assert (found["valid"], len(found["faults"])) == (False, 7)


def test_an_account_that_is_gone_leaves_the_chain_whole(owner, api):
    gone = UserFactory(username="gone")
    event = shared(EventFactory(by=owner), {gone: "editor"})
    edit(event.pk, by=gone, content={"title": "Review"})
    revoke(event.pk, gone.pk, by=owner)
    gone.delete()
    assert Event.objects.get().updated_by is None
    assert api(owner).get(f"/api/events/{event.pk}/history/verify").json()["valid"]


def test_verify_is_no_version(api, viewer, event):
    client, url = api(viewer), f"/api/events/{event.pk}/history"
    assert client.get(f"{url}/verify").json()["versions"] == 1
    assert client.get(f"{url}/verified").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_versions_added_meanwhile_spoil_nothing(owner, event):
    def write():
        for number in range(30):
            edit(event.pk, by=owner, content={"title": f"Title {number}"})

    def read():
        return [one.verify(event.pk) for _ in range(60)]

    _, *seen = at_once(write, *[partial(read)] * 3)
    verdicts = [verdict for verdicts in seen for verdict in verdicts]
    assert [fault for verdict in verdicts for fault in verdict.faults] == []
    assert len({verdict.versions for verdict in verdicts}) > 1


@pytest.mark.django_db(transaction=True)
def test_one_moment_sees_what_was_there_and_writes_nothing(owner, event):
    def rename():
        edit(event.pk, by=owner, content={"title": "Later"})

    with one_moment():
        assert Event.objects.get().title == "Planning"
        assert not isinstance(at_once(rename)[0], Exception)
        assert Event.objects.get().title == "Planning"
    with pytest.raises(Exception, match="read-only"), one_moment():
        Event.objects.update(title="Now")
    assert Event.objects.get().title == "Later"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
