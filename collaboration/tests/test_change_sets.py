"""Reading everything that one request did."""

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.services import sharing
from collaboration.tests.changes import create, delete, operate, update, url_of
from events.models import HistoricalEvent
from events.services.writing import delete_event, purge_event
from events.tests.factories import EventFactory, edit, shared


@pytest.fixture
def changed(api, editor, event, other):
    """The editor's change of two events in one request."""
    return operate(
        api(editor),
        update(event, title="Review"),
        update(other, location="Hut"),
        update(event, location="Hut"),
    )


def test_it_is_all_that_the_request_did(api, owner, editor, event, other, changed):
    first = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    response = api(owner).get(url_of(changed))
    assert response.status_code == 200
    assert response.json() == {
        "id": changed["X-Change-Set"],
        "at": first.history_date.isoformat().replace("+00:00", "Z"),
        "by": {"id": str(editor.pk), "username": "editor"},
        "events": [
            {"event": str(event.pk), "versions": [2, 3], "actions": ["updated", "updated"]},
            {"event": str(other.pk), "versions": [2], "actions": ["updated"]},
        ],
    }


def test_what_one_cannot_see_is_left_out(api, viewer, event, changed):
    found = api(viewer).get(url_of(changed)).json()
    assert [part["event"] for part in found["events"]] == [str(event.pk)]


def test_at_is_that_of_the_earliest_part_one_can_see(api, viewer, owner, event, other):
    client = api(owner)
    changed = operate(client, update(other, title="A"), update(event, title="B"))
    row = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    seen = api(viewer).get(url_of(changed)).json()
    assert seen["at"] == row.history_date.isoformat().replace("+00:00", "Z")
    assert seen["at"] > client.get(url_of(changed)).json()["at"]


def test_strangers_find_nothing(api, stranger, changed):
    assert api(stranger).get(url_of(changed)).status_code == 404
    assert api(stranger).post(f"{url_of(changed)}/undo").status_code == 404


def test_a_creation_is_one_action(api, owner):
    parts = api(owner).get(url_of(create(api(owner), 2))).json()["events"]
    assert [(part["versions"], part["actions"]) for part in parts] == [([1], ["created"])] * 2


def test_actions_are_in_the_order_in_which_they_were_done(api, owner, event, other):
    client = api(owner)
    done = operate(client, update(event, title="Last"), delete(other), delete(event))
    parts = client.get(url_of(done)).json()["events"]
    assert [(part["versions"], part["actions"]) for part in parts] == [
        ([2, 3], ["updated", "deleted"]),
        ([2], ["deleted"]),
    ]


def test_changes_of_access_have_no_versions(api, owner, viewer, event):
    client, here = api(owner), f"/api/events/{event.pk}"
    users = [{"user": UserFactory().username, "role": "viewer"} for _ in range(2)]
    users.append({"user": "viewer", "role": "editor"})
    share = client.post(f"{here}/share", {"users": users})
    transfer = client.put(f"{here}/permissions/{viewer.pk}", {"role": "owner"})
    for done, actions in (
        (share, ["shared", "shared", "role_changed"]),
        (transfer, ["transferred"]),
    ):
        (part,) = client.get(url_of(done)).json()["events"]
        assert part == {"event": str(event.pk), "versions": [], "actions": actions}


def test_an_event_in_the_trash_is_still_part_of_it(api, owner, viewer, event, changed):
    delete_event(event.pk, by=owner)
    for user in (owner, viewer):
        parts = api(user).get(url_of(changed)).json()["events"]
        assert str(event.pk) in {part["event"] for part in parts}


def test_a_purged_event_is_no_part_of_it_any_more(api, owner, event, other, changed):
    client = api(owner)
    purge_event(event.pk, by=owner)
    parts = client.get(url_of(changed)).json()["events"]
    assert [part["event"] for part in parts] == [str(other.pk)]
    purge_event(other.pk, by=owner)
    assert client.get(url_of(changed)).status_code == 404


def test_who_has_left_finds_nothing_of_it(api, editor, event):
    changed = operate(api(editor), update(event, title="Review"))
    sharing.revoke(event.pk, editor.pk, by=editor)
    assert api(editor).get(url_of(changed)).status_code == 404


def test_an_account_that_is_gone_is_nobody(api, owner):
    gone = UserFactory(username="gone")
    event = shared(EventFactory(by=owner), {gone: "editor"})
    change = edit(event.pk, by=gone, content={"title": "Review"}).written
    sharing.revoke(event.pk, gone.pk, by=owner)
    User.objects.filter(pk=gone.pk).delete()
    assert api(owner).get(url_of(change.change_set)).json()["by"] is None


def test_an_id_may_be_written_in_capitals(api, owner, changed):
    url = f"/api/changes/{changed['X-Change-Set'].upper()}"
    assert api(owner).get(url).json()["id"] == changed["X-Change-Set"]


@pytest.mark.parametrize("id", ["x", "1", "01890a5d-ac96-774b-bcce-b302099a8057", "%00"])
def test_what_is_no_change_set_is_not_found(api, owner, event, id):
    assert api(owner).get(f"/api/changes/{id}").status_code == 404
    assert api(owner).post(f"/api/changes/{id}/undo").status_code == 404


def test_an_events_id_is_no_change_sets(api, owner, event):
    assert api(owner).get(url_of(event.pk)).status_code == 404
