"""`manage.py check_history`: the whole database, proven while it is in use."""

from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from accounts.tests.factories import UserFactory
from accounts.tests.threads import at_once
from collaboration.services.sharing import Invitation, change_role, revoke, share
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.roles import Role
from events.services import batch
from events.services.writing import purge_event
from events.tests import tampering
from events.tests.factories import EventFactory, body, edit, in_memory
from events.tests.tampering import (
    A_DAY,
    ANOTHER,
    COLUMNS,
    EVENT_COLUMNS,
    change_event,
    change_version,
    version,
    without_triggers,
)
from events.verifying import everything, one
from events.verifying.everything import Inspection


def codes() -> set[str]:
    return {fault.code for fault in Inspection().faults()}


def run(**options) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("check_history", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_what_the_services_have_written_holds(eventful):
    out, _ = run()
    assert out.startswith("Checked: 3 events, 10 versions, 8 rows of access, ")
    assert out.endswith(" seconds.\n")


def test_an_empty_database_holds(db):
    assert run()[0].startswith("Checked: 0 events")


def test_an_event_that_was_purged_leaves_nothing_to_complain_about(eventful, owner):
    purge_event(eventful.pk, by=owner)
    assert codes() == set()


def test_each_fault_is_a_line_and_the_end_is_a_failure(eventful):
    change_version(eventful, 3, history_change_reason="mine")
    change_event(eventful, location="Mine")
    out = StringIO()
    with pytest.raises(CommandError, match="2 things are wrong"):
        call_command("check_history", stdout=out)
    assert out.getvalue().splitlines()[:2] == [
        f"hash: Version 3 of event {eventful.pk}: its hash does not follow from it and the hash "
        "before.",
        f"event: Event {eventful.pk}: location must not be what is in its row.",
    ]


def test_it_says_how_far_it_is(eventful, monkeypatch):
    monkeypatch.setattr("events.management.commands.check_history.SECONDS", 0)
    _, err = run()
    assert [line.split(" versions")[0] for line in err.splitlines()] == [
        "So far: 1 events, 1",
        "So far: 2 events, 8",
        "So far: 3 events, 10",
    ]


def test_when_asked_to_be_quiet_it_says_nothing(eventful):
    assert run(verbosity=0) == ("", "")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_a_version_changed_by_hand_is_found(eventful, column):
    change_version(eventful, 3, **{column: COLUMNS[column]})
    assert {fault.event_id for fault in Inspection().faults()} <= {eventful.pk, ANOTHER}
    assert codes()


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_a_column_of_the_event_changed_by_hand_is_found(eventful, column):
    change_event(eventful, **{column: EVENT_COLUMNS[column]})
    assert {fault.event_id for fault in Inspection().faults()} == {eventful.pk}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda event: version(event, 3).delete(), {"missing", "hash"}),
        (lambda event: version(event, 7).delete(), {"head", "event"}),
        (lambda event: tampering.insert_version(event, 7), {"hash", "head"}),
        (lambda event: tampering.swap(event, 2, 3), {"hash", "order"}),
        (lambda event: HistoricalEvent.objects.of_event(event.pk).delete(), {"no_versions"}),
        (lambda event: change_version(event, 1, id=ANOTHER), {"missing", "hash", "no_event"}),
    ],
    ids=["middle gone", "newest gone", "put in", "swapped", "all gone", "of no event"],
)
def test_versions_moved_by_hand_are_found(eventful, change, expected):
    change(eventful)
    assert expected <= codes()


def grants(event, name: str):
    return Grant.objects.filter(event=event, user__username=name)


def access(event, name: str, action: str):
    return HistoricalGrant.objects.filter(event=event, user__username=name, action=action)


def give(event) -> None:
    """A grant that no history tells of."""
    (grant,) = grants(event, "editor")
    grant.pk, grant.user = None, UserFactory(username="friend")
    Grant.objects.bulk_create([grant])


ACCESS = {
    "role changed": (lambda e: grants(e, "editor").update(role="viewer"), {"access"}),
    "given": (give, {"access"}),
    "taken": (lambda e: grants(e, "editor")._raw_delete("default"), {"access"}),
    "giver": (lambda e: grants(e, "editor").update(granted_by=F("user")), {"granted"}),
    "given when": (
        lambda e: grants(e, "editor").update(granted_at=F("granted_at") + A_DAY),
        {"granted"},
    ),
    "newest row": (
        lambda e: access(e, "editor", "shared").update(role="viewer"),
        {"access"},
    ),
    "row in the middle": (
        lambda e: access(e, "passing", "role_changed").update(role="viewer"),
        {"access_history"},
    ),
    "row gone": (
        lambda e: access(e, "passing", "role_changed").delete(),
        {"access_history"},
    ),
    "newest row gone": (
        lambda e: access(e, "passing", "shared").latest("history_date").delete(),
        {"access", "event"},
    ),
    "revoked by row": (
        lambda e: access(e, "editor", "shared").update(action="revoked"),
        {"access"},
    ),
    "nobody's row": (
        lambda e: access(e, "editor", "shared").update(history_user_id=None),
        {"author"},
    ),
    "row about nobody": (
        lambda e: access(e, "editor", "shared").update(user_id=None),
        {"access"},
    ),
    "row of no event": (
        lambda e: access(e, "editor", "shared").update(event_id=ANOTHER),
        {"access", "no_event"},
    ),
    "row of nothing": (
        lambda e: access(e, "editor", "shared").update(event_id=None),
        {"access", "no_event"},
    ),
}


@pytest.mark.parametrize(("change", "expected"), ACCESS.values(), ids=ACCESS.keys())
def test_access_changed_by_hand_is_found(eventful, change, expected):
    change(eventful)
    assert expected <= codes()


# For each column that a grant copies of its event, what somebody makes of it.
COPIED = {
    **{f"event_{name}_at": F("granted_at") - A_DAY for name in ("moved", "updated")},
    "event_deleted_at": F("granted_at"),
    "event_start_time": F("event_start_time") - A_DAY,
    "event_end_time": F("event_end_time") + A_DAY,
    "event_status": "cancelled",
    "event_owner_id": ANOTHER,
}


@pytest.mark.parametrize("column", COPIED)
def test_a_copy_changed_by_hand_is_found(eventful, column):
    Grant.objects.filter(event=eventful).update(**{column: COPIED[column]})
    assert codes() == {"grant_copies"}
    assert all(column in fault.message for fault in Inspection().faults())


def test_every_copy_is_changed_by_hand():
    columns = {field.attname for field in Grant._meta.fields if "event_" in field.attname}
    # The database makes `event_reach` of others, and lets nobody write it.
    assert columns - COPIED.keys() == {"event_id", "event_reach"}


@pytest.mark.parametrize("column", ["event_owner_id", "event_updated_at"])
def test_a_copy_that_is_wrong_in_one_grant_alone_is_found(eventful, editor, column):
    Grant.objects.filter(event=eventful, user=editor).update(**{column: COPIED[column]})
    [fault] = Inspection().faults()
    assert fault.message == f"Event {eventful.pk}: 1 of its 3 grants do not copy {column}."


@pytest.mark.parametrize(
    ("statement", "owners"),
    [
        ("UPDATE events_grant SET role = 'owner' WHERE event_id = %s", 3),
        ("UPDATE events_grant SET role = 'viewer' WHERE event_id = %s AND role = 'owner'", 0),
        ("DELETE FROM events_grant WHERE event_id = %s", 0),
    ],
    ids=["all", "lowered", "no grants at all"],
)
def test_an_event_with_any_other_number_of_owners_is_found(eventful, statement, owners):
    without_triggers("events_grant", statement, eventful.pk)
    told = [fault.message for fault in Inspection().faults() if fault.code == "owner"]
    assert told == [f"Event {eventful.pk}: it has {owners} owners."]


def test_grants_of_an_event_that_is_gone_are_found_with_its_history(eventful):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE events_grant DROP CONSTRAINT {foreign_key(cursor)}")
        cursor.execute("DELETE FROM events_event WHERE id = %s", [eventful.pk])
    (fault,) = Inspection().faults()
    assert (fault.event_id, fault.code) == (eventful.pk, "no_event")
    assert "7 versions and 9 rows of access" in fault.message


def foreign_key(cursor) -> str:
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'events_grant'::regclass "
        "AND confrelid = 'events_event'::regclass"
    )
    return cursor.fetchone()[0]


def test_with_a_chunk_of_one_row_it_sees_the_same(eventful, monkeypatch):
    for module in (one, everything):
        monkeypatch.setattr(module, "CHUNK", 1)
    assert codes() == set()
    change_version(eventful, 2, location="Mine")
    assert codes() == {"columns"}


@pytest.mark.django_db(transaction=True)
def test_it_holds_while_everybody_writes(owner, editor, event):
    friends = [UserFactory() for _ in range(10)]

    def content():
        for number in range(20):
            edit(event.pk, by=editor, content={"title": f"Title {number}"})
            items = [in_memory(body())] * 3
            batch.create_events(by=editor, items=items, notes=[""] * 3)

    def people():
        for friend in friends:
            share(event.pk, by=owner, invitations=[Invitation(friend, Role.VIEWER)])
            change_role(event.pk, friend.pk, Role.EDITOR, by=owner)
            revoke(event.pk, friend.pk, by=owner)

    def trash():
        for _ in range(20):
            purge_event(EventFactory(by=owner).pk, by=owner)

    def check():
        return [fault for _ in range(20) for fault in Inspection().faults()]

    *others, faults, more = at_once(content, people, trash, check, check)
    assert others == [None] * 3
    assert (faults, more) == ([], [])
    assert codes() == set()


@pytest.mark.django_db(transaction=True)
def test_all_of_it_is_read_as_of_one_moment(owner, event):
    """An event that is written after the first fault is asked for, and before the last."""
    found = Inspection()
    EventFactory(by=owner)
    change_version(event, 1, location="Mine")
    faults = found.faults()
    assert next(faults).code == "columns"
    (outcome,) = at_once(partial(EventFactory, by=owner))
    assert isinstance(outcome, Event)
    assert list(faults) == []
    assert found.events == 2
