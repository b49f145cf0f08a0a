"""Undoing against other writes, with real threads: whoever waits decides by what is there then."""

from functools import partial

import pytest

from accounts.tests.threads import at_once
from collaboration.services import change_sets, sharing
from collaboration.tests.changes import instants, roles
from events.models import Event, HistoricalEvent
from events.roles import Role
from events.services.batch import Op, Operation, run_batch
from events.services.editing import Edit
from events.services.writing import purge_event
from events.tests.factories import EventFactory, edit, shared
from events.tests.test_concurrency import while_locked
from neofi.problems import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def done(editor, event, other):
    """The editor's change of both titles, as one change set."""
    operations = [
        Operation(Op.UPDATE, Edit({"title": "Review"}), event_id=one.pk) for one in (event, other)
    ]
    return run_batch(by=editor, items=operations, named="operations")[0].written.change_set


def versions_of(event) -> list[tuple]:
    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(rows.values_list("version", "action"))


def test_of_two_undos_at_once_one_finds_nothing_left(owner, editor, event, other, done):
    outcomes = at_once(*(partial(change_sets.undo, done, by=by) for by in (owner, editor) * 2))
    ids = [outcome.change_set["id"] for outcome in outcomes]
    assert ids.count(done) == 3
    for one in (event, other):
        assert versions_of(one) == [(1, "created"), (2, "updated"), (3, "undone")]


def test_an_edit_and_an_undo_of_other_fields_lose_nothing(owner, editor, event, other, done):
    at_once(
        partial(change_sets.undo, done, by=editor),
        *(partial(edit, e.pk, by=owner, content={"location": "Hut"}) for e in (event, other)),
    )
    for one in Event.objects.all():
        assert (one.title != "Review", one.location, one.version) == (True, "Hut", 4)
        assert instants(one) == sorted(set(instants(one)))


def test_an_edit_that_came_first_is_a_clash_that_stops_all_of_it(owner, editor, event, other, done):
    (outcome,) = while_locked(
        event,
        lambda: edit(event.pk, by=owner, content={"title": "Kick-off"}),
        partial(change_sets.undo, done, by=editor),
    )
    assert isinstance(outcome, Conflict)
    assert [reason["event"] for reason in outcome.members["reasons"]] == [event.pk]
    assert [one.title for one in Event.objects.order_by("pk")] == ["Kick-off", "Review"]


@pytest.mark.parametrize(
    ("lose", "reasons", "hidden"),
    [
        (sharing.revoke, [], 1),
        (partial(sharing.change_role, role=Role.VIEWER), ["permission_denied"], 0),
    ],
    ids=["revoked", "lowered"],
)
def test_who_lost_the_role_while_waiting_takes_nothing_back(
    owner, editor, event, other, done, lose, reasons, hidden
):
    (outcome,) = while_locked(
        event,
        lambda: lose(event.pk, editor.pk, by=owner),
        partial(change_sets.undo, done, by=editor),
    )
    assert [reason["code"] for reason in outcome.members["reasons"]] == reasons
    assert outcome.members["hidden"] == hidden
    assert {one.title for one in Event.objects.all()} == {"Review"}


def test_what_is_purged_while_one_waits_is_no_part_any_more(owner, editor, event, other, done):
    (outcome,) = while_locked(
        event,
        lambda: purge_event(event.pk, by=owner),
        partial(change_sets.undo, done, by=editor),
    )
    assert [part["event"] for part in outcome.change_set["events"]] == [other.pk]


def test_an_undo_of_a_share_against_a_change_of_role_is_one_or_the_other(owner, stranger, event):
    invited = [sharing.Invitation(stranger, Role.VIEWER)]
    (grant,) = sharing.share(event.pk, by=owner, invitations=invited)
    undone, changed = at_once(
        partial(change_sets.undo, grant.written.change_set, by=owner),
        partial(sharing.change_role, event.pk, stranger.pk, Role.EDITOR, by=owner),
    )
    kept = roles(event).get("stranger")
    assert kept == (None if isinstance(changed, Exception) else "editor")
    assert isinstance(undone, Exception) == (kept == "editor")


def test_crossing_undos_wait_for_each_other_and_deadlock_never(owner, editor):
    events = [shared(EventFactory(by=owner), {editor: "editor"}) for _ in range(6)]

    def change(field, order):
        operations = [
            Operation(Op.UPDATE, Edit({field: "New"}), event_id=event.pk) for event in order
        ]
        return run_batch(by=owner, items=operations, named="operations")[0].written.change_set

    first, second = change("title", events), change("location", events[::-1])
    outcomes = at_once(
        *(partial(change_sets.undo, id, by=by) for id in (first, second) for by in (owner, editor))
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert {(one.title, one.location) for one in Event.objects.all()} == {("Planning", "")}
