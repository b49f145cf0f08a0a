"""Races on one event, with real threads: who waits for the lock decides by what is there then."""

from functools import partial
from threading import Event as Flag

import pytest
from django.db import connection, transaction
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.tests.factories import UserFactory
from accounts.tests.threads import at_once
from collaboration.services import sharing
from collaboration.services.sharing import Invitation
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.roles import Role
from events.services.versions import roll_back
from events.services.writing import delete_event, purge_event
from events.tests.factories import EventFactory, edit
from neofi.problems import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def version_numbers(event) -> list[int]:
    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(rows.values_list("version", flat=True))


def instants(event) -> list:
    content = HistoricalEvent.objects.of_event(event.pk).values_list("history_date", flat=True)
    access = HistoricalGrant.objects.filter(event_id=event.pk).exclude(action="created")
    return sorted([*content, *access.values_list("history_date", flat=True)])


def wait_for_lock() -> None:
    """Return once another session waits for a lock, which here can only be that of the event."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT pg_sleep(0.01)")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone():
                return
    raise AssertionError("nobody waits")


def while_locked(event, change, *calls) -> list:
    """What the calls come to that wait for the event's lock while `change` is made under it."""

    def hold():
        with transaction.atomic():
            Event.objects.select_for_update().get(pk=event.pk)
            locked.set()
            wait_for_lock()
            change()

    def after(call):
        locked.wait(10)
        return call()

    locked = Flag()
    held, *outcomes = at_once(hold, *(partial(after, call) for call in calls))
    assert held is None, held
    return outcomes


def test_two_patches_at_once_lose_nothing(api, owner, editor, event, url):
    first, second = api(owner), api(editor)
    responses = at_once(
        *(partial(first.patch, url, {"location": f"Hut {n}"}) for n in range(3)),
        *(partial(second.patch, url, {"description": f"Text {n}"}) for n in range(3)),
    )
    assert [response.status_code for response in responses] == [200] * 6
    assert sorted(response.json()["version"] for response in responses) == [2, 3, 4, 5, 6, 7]
    assert version_numbers(event) == [1, 2, 3, 4, 5, 6, 7]

    last = HistoricalEvent.objects.of_event(event.pk).get(version=7)
    assert last.location.startswith("Hut")
    assert last.description.startswith("Text")
    for response in responses:  # each answer is the state that its own version keeps
        state = response.json()
        row = HistoricalEvent.objects.of_event(event.pk).get(version=state["version"])
        assert (row.location, row.description) == (state["location"], state["description"])


def test_instants_of_an_event_grow_strictly(owner, editor, event):
    people = [UserFactory() for _ in range(3)]
    at_once(
        *(partial(edit, event.pk, by=editor, content={"title": str(n)}) for n in range(3)),
        *(
            partial(sharing.share, event.pk, by=owner, invitations=[Invitation(p, Role.VIEWER)])
            for p in people
        ),
    )
    found = instants(event)
    assert len(found) == len(set(found)) == 1 + 2 + 6
    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    dates = list(rows.values_list("history_date", flat=True))
    assert dates == sorted(dates)
    assert Event.objects.get(pk=event.pk).history_at == found[-1]


def test_a_clock_that_goes_back_moves_no_instant_back(owner, event, monkeypatch):
    before = Event.objects.get(pk=event.pk).history_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: event.created_at)
    for title in ("A", "B"):
        edit(event.pk, by=owner, content={"title": title})
    found = instants(event)
    assert found == sorted(set(found))
    assert found[-1] > before


@pytest.mark.parametrize(
    ("lose", "refusal"),
    [
        (sharing.revoke, NotFound),
        (partial(sharing.change_role, role=Role.VIEWER), PermissionDenied),
    ],
    ids=["revoked", "lowered"],
)
def test_who_lost_the_role_while_waiting_for_the_lock_is_refused(
    event, owner, editor, lose, refusal
):
    (outcome,) = while_locked(
        event,
        lambda: lose(event.pk, editor.pk, by=owner),
        partial(edit, event.pk, by=editor, content={"title": "Mine"}),
    )
    assert isinstance(outcome, refusal)
    assert version_numbers(event) == [1]


def test_who_waited_for_an_event_that_is_purged_finds_nothing(event, owner, editor):
    outcomes = while_locked(
        event,
        lambda: purge_event(event.pk, by=owner),
        partial(edit, event.pk, by=editor, content={"title": "Mine"}),
        partial(sharing.change_role, event.pk, editor.pk, Role.OWNER, by=owner),
        partial(purge_event, event.pk, by=owner),
    )
    assert [type(outcome) for outcome in outcomes] == [NotFound] * 3
    assert not HistoricalEvent.objects.of_event(event.pk).exists()
    assert not HistoricalGrant.objects.filter(event_id=event.pk).exists()


def test_two_shares_with_one_person_make_one_grant(api, owner, stranger, event, url):
    client = api(owner)
    sent = {"user": "stranger", "role": "viewer"}
    responses = at_once(*[partial(client.post, f"{url}/share", sent)] * 4)
    assert sorted(response.status_code for response in responses) == [200, 200, 200, 201]
    assert Grant.objects.filter(event=event, user=stranger).count() == 1
    assert HistoricalGrant.objects.filter(user=stranger).count() == 1


def test_a_transfer_against_a_delete_leaves_one_owner(owner, editor, event):
    given, deleted = at_once(
        partial(sharing.change_role, event.pk, editor.pk, Role.OWNER, by=owner),
        partial(delete_event, event.pk, by=owner),
    )
    assert Grant.objects.filter(event=event, role="owner").count() == 1
    if isinstance(given, Grant):
        assert isinstance(deleted, PermissionDenied)
        assert version_numbers(event) == [1]
    else:
        assert isinstance(given, NotFound)
        assert Event.objects.get(pk=event.pk).deleted_at


def test_of_two_transfers_one_wins(owner, editor, viewer, event):
    outcomes = at_once(
        *(
            partial(sharing.change_role, event.pk, heir.pk, Role.OWNER, by=owner)
            for heir in (editor, viewer)
        )
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Grant", "PermissionDenied"]
    assert Grant.objects.filter(event=event, role="owner").count() == 1


def test_an_heir_who_leaves_meanwhile_leaves_an_owner(owner, editor, event):
    at_once(
        partial(sharing.change_role, event.pk, editor.pk, Role.OWNER, by=owner),
        partial(sharing.revoke, event.pk, editor.pk, by=editor),
    )
    assert Grant.objects.filter(event=event, role="owner").count() == 1


def test_the_heir_who_is_owner_by_now_does_not_leave(owner, editor, event):
    (outcome,) = while_locked(
        event,
        lambda: sharing.change_role(event.pk, editor.pk, Role.OWNER, by=owner),
        partial(sharing.revoke, event.pk, editor.pk, by=editor),
    )
    assert isinstance(outcome, Conflict)


def test_rollbacks_and_updates_at_once_are_each_a_version(owner, editor, event):
    edit(event.pk, by=owner, content={"title": "A"})
    outcomes = at_once(
        partial(roll_back, event.pk, 1, by=editor),
        partial(edit, event.pk, by=owner, content={"title": "B"}),
        partial(edit, event.pk, by=owner, content={"location": "Hut"}),
    )
    assert all(isinstance(outcome, Event) for outcome in outcomes)
    numbers = version_numbers(event)
    assert numbers == list(range(1, Event.objects.get(pk=event.pk).version + 1))


def test_a_counter_guarded_by_if_match_loses_no_step(api, owner):
    event = EventFactory(by=owner, metadata={"n": 0})
    url = f"/api/events/{event.pk}"

    def count(client) -> int:
        steps = 0
        for _ in range(5):
            read = client.get(url)
            sent = {"metadata": {"n": read.json()["metadata"]["n"] + 1}}
            response = client.patch(url, sent, headers={"If-Match": read["ETag"]})
            assert response.status_code in (200, 412)
            steps += response.status_code == 200
        return steps

    steps = at_once(*(partial(count, api(owner)) for _ in range(8)))
    event = Event.objects.get(pk=event.pk)
    assert event.metadata["n"] == sum(steps) == event.version - 1
    assert event.metadata["n"] >= 5
