"""Taking back what one request did to access."""

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.services import sharing
from collaboration.services.sharing import Invitation
from collaboration.tests.changes import (
    assert_nothing_left,
    instants,
    reasons_in,
    roles,
    state,
    undo,
)
from events.models import Event, HistoricalGrant
from events.roles import Role
from events.services.writing import delete_event
from events.verifying.everything import Inspection

CAST = {"owner": "owner", "editor": "editor", "viewer": "viewer"}


@pytest.fixture
def share(api, owner, event):
    """`share(("viewer", "editor"), ...)` by the owner, in one request."""

    def call(*rows):
        users = [{"user": user, "role": role} for user, role in rows]
        return api(owner).post(f"/api/events/{event.pk}/share", {"users": users})

    return call


@pytest.fixture
def put(api, owner, event):
    def call(user, role, by=owner):
        return api(by).put(f"/api/events/{event.pk}/permissions/{user.pk}", {"role": role})

    return call


@pytest.fixture
def remove(api, owner, event):
    def call(user, by=owner):
        return api(by).delete(f"/api/events/{event.pk}/permissions/{user.pk}")

    return call


def newest_rows(event, count: int = 1) -> list[tuple]:
    rows = HistoricalGrant.objects.filter(event_id=event.pk).order_by("-history_id")[:count]
    return [(r.action, r.user.username, r.previous_role, r.role) for r in reversed(rows)]


def test_sharing_is_taken_back_by_revoking(api, owner, stranger, event, share):
    done = share(("stranger", "viewer"), ("viewer", "editor"))
    response = undo(api(owner), done, {"note": "too early"})
    assert roles(event) == CAST
    (part,) = response.json()["events"]
    assert part == {
        "event": str(event.pk),
        "versions": [],
        "actions": ["role_changed", "revoked"],
    }
    rows = HistoricalGrant.objects.filter(change_set=response["X-Change-Set"])
    assert {(r.history_user_id, r.history_change_reason) for r in rows} == {(owner.pk, "too early")}
    assert newest_rows(event, 2) == [
        ("role_changed", "viewer", "editor", "viewer"),
        ("revoked", "stranger", "viewer", "viewer"),
    ]


def test_instants_grow_and_the_event_keeps_the_newest(api, owner, stranger, event, share):
    undo(api(owner), share(("stranger", "viewer"), ("viewer", "editor")))
    found = instants(event)
    assert found == sorted(set(found))
    assert Event.objects.get(pk=event.pk).history_at == found[-1]
    assert Event.objects.get(pk=event.pk).version == 1


def test_the_changelog_tells_of_it(api, owner, viewer, event, put):
    undo(api(viewer), put(viewer, "owner"))
    row = api(viewer).get(f"/api/events/{event.pk}/changelog").json()["results"][0]
    assert row["action"] == "transferred"
    assert [(c["user"]["username"], c["from"], c["to"]) for c in row["changes"]] == [
        ("viewer", "owner", "viewer"),
        ("owner", "editor", "owner"),
    ]


def test_a_new_role_goes_back_to_the_one_before(api, owner, viewer, event, put):
    undo(api(owner), put(viewer, "editor"))
    assert roles(event) == CAST
    assert newest_rows(event) == [("role_changed", "viewer", "editor", "viewer")]


@pytest.mark.parametrize("who", ["owner", "editor"])
def test_access_that_was_taken_or_given_up_is_given_again(
    api, request, owner, editor, event, remove, who
):
    undo(api(owner), remove(editor, by=request.getfixturevalue(who)))
    assert roles(event) == CAST
    assert newest_rows(event) == [("shared", "editor", None, "editor")]
    assert api(editor).get(f"/api/events/{event.pk}").json()["role"] == "editor"


def test_an_event_is_handed_back_with_both_roles_of_before(api, owner, viewer, event, put):
    undone = undo(api(viewer), put(viewer, "owner"))
    assert undone.status_code == 200
    assert roles(event) == CAST
    assert newest_rows(event, 2) == [
        ("transferred", "viewer", "owner", "viewer"),
        ("transferred", "owner", "editor", "owner"),
    ]
    assert undo(api(owner), undone).status_code == 200
    assert roles(event) == {"owner": "editor", "editor": "editor", "viewer": "owner"}


@pytest.mark.parametrize("what", ["share", "change", "revoke", "leave", "transfer"])
def test_an_undo_can_be_undone_again_and_again(
    api, owner, editor, viewer, stranger, event, share, put, remove, what
):
    done = {
        "share": lambda: share(("stranger", "viewer"), ("viewer", "editor")),
        "change": lambda: put(editor, "viewer"),
        "revoke": lambda: remove(viewer),
        "leave": lambda: remove(viewer, by=viewer),
        "transfer": lambda: put(viewer, "owner"),
    }[what]()
    after = roles(event)
    for _ in range(2):
        undone = undo(api(event_owner(event)), done)
        assert roles(event) == CAST
        assert_nothing_left(api(owner), done)
        done = undo(api(owner), undone)
        assert roles(event) == after
        assert_nothing_left(api(event_owner(event)), undone)
    assert list(Inspection().faults()) == []


def event_owner(event) -> User:
    return User.objects.get(grants__event=event, grants__role="owner")


def test_who_is_gone_already_is_left_alone(api, owner, viewer, stranger, event, share, remove):
    done = share(("stranger", "viewer"), ("viewer", "editor"))
    remove(stranger)
    remove(viewer)
    assert_nothing_left(api(owner), done)


def test_each_person_with_another_role_by_now_is_named(
    api, owner, viewer, stranger, event, share, put
):
    UserFactory(username="third")
    done = share(("stranger", "viewer"), ("viewer", "editor"), ("third", "viewer"))
    put(stranger, "editor")
    put(viewer, "owner")
    put(owner, "owner", by=viewer)
    put(viewer, "viewer")  # as it was before: nothing to take back
    before = state()
    response = undo(api(owner), done)
    assert reasons_in(response) == {(str(event.pk), "access_changed")}
    assert [r["user"] for r in response.json()["reasons"]] == [
        {"id": str(stranger.pk), "username": "stranger"}
    ]
    assert state() == before


def test_a_role_that_was_changed_again_is_named(api, owner, viewer, event, put):
    done = put(viewer, "editor")
    put(viewer, "owner")
    assert reasons_in(undo(api(viewer), done)) == {(str(event.pk), "access_changed")}


def test_who_was_let_in_again_with_another_role_is_named(api, owner, editor, event, share, remove):
    done = remove(editor)
    share(("editor", "viewer"))
    assert reasons_in(undo(api(owner), done)) == {(str(event.pk), "access_changed")}


def test_who_was_let_in_again_with_the_same_role_is_left(api, owner, editor, event, share, remove):
    done = remove(editor)
    share(("editor", "editor"))
    assert_nothing_left(api(owner), done)


def test_an_event_that_was_handed_on_is_not_handed_back(api, editor, viewer, event, put):
    done = put(viewer, "owner")
    put(editor, "owner", by=viewer)
    assert reasons_in(undo(api(editor), done)) == {(str(event.pk), "access_changed")}


def test_who_handed_an_event_over_and_left_is_not_made_its_owner(
    api, owner, viewer, event, put, remove
):
    done = put(viewer, "owner")
    remove(owner, by=owner)
    assert reasons_in(undo(api(viewer), done)) == {(str(event.pk), "access_changed")}


def test_accounts_that_are_switched_off_are_given_nothing(
    api, owner, editor, viewer, event, put, remove
):
    revoked, handed_over = remove(editor), put(viewer, "owner")
    User.objects.filter(username__in=["owner", "editor"]).update(is_active=False)
    for done in (revoked, handed_over):
        assert reasons_in(undo(api(viewer), done)) == {(str(event.pk), "inactive_user")}
    User.objects.filter(username="editor").delete()
    response = undo(api(viewer), revoked)
    assert reasons_in(response) == {(str(event.pk), "inactive_user")}
    assert response.json()["reasons"][0]["user"] == {"id": str(editor.pk), "username": None}


@pytest.mark.parametrize("who", ["editor", "viewer"])
@pytest.mark.parametrize("what", ["share", "change", "revoke"])
def test_access_is_the_owners_to_take_back(
    api, request, owner, viewer, stranger, event, share, put, remove, who, what
):
    other = UserFactory()
    sharing.share(event.pk, by=owner, invitations=[Invitation(other, Role.VIEWER)])
    done = {
        "share": lambda: share(("stranger", "viewer")),
        "change": lambda: put(other, "editor"),
        "revoke": lambda: remove(other),
    }[what]()
    before = state()
    response = undo(api(request.getfixturevalue(who)), done)
    assert reasons_in(response) == {(str(event.pk), "permission_denied")}
    assert state() == before


def test_a_transfer_is_the_new_owners_to_take_back(api, owner, editor, viewer, event, put):
    done = put(viewer, "owner")
    for user in (owner, editor):
        assert reasons_in(undo(api(user), done)) == {(str(event.pk), "permission_denied")}
    assert roles(event)["viewer"] == "owner"


def test_who_left_does_not_let_oneself_in_again(api, viewer, event, remove):
    done = remove(viewer, by=viewer)
    assert undo(api(viewer), done).status_code == 404


def test_access_to_what_is_in_the_trash_stays_as_it_is(api, owner, stranger, event, share):
    done = share(("stranger", "viewer"))
    delete_event(event.pk, by=owner)
    assert reasons_in(undo(api(owner), done)) == {(str(event.pk), "in_trash")}


def test_a_hundred_people_are_taken_back_at_once(api, owner, event, share):
    done = share(*((UserFactory().username, "viewer") for _ in range(100)))
    assert len(roles(event)) == 103
    undone = undo(api(owner), done)
    assert roles(event) == CAST
    undo(api(owner), undone)
    assert len(roles(event)) == 103
