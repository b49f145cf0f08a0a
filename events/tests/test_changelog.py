"""What was done to an event: content and access in one order."""

import pytest

from accounts.tests.factories import UserFactory
from collaboration.services import sharing
from collaboration.services.sharing import Invitation
from events import content
from events.roles import Role
from events.services import versions
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit
from neofi.tests.paging import last_page, rows, rows_backwards


def url_of(event) -> str:
    return f"/api/events/{event.pk}/changelog"


@pytest.fixture
def url(event):
    return url_of(event)


@pytest.fixture
def lively(owner, editor, viewer, stranger, event):
    """Every action once at least, content and access in turns; and it ends with transfers only."""
    edit(event.pk, by=editor, content={"title": "A", "tags": ["x"]}, note="first")
    sharing.change_role(event.pk, viewer.pk, Role.EDITOR, by=owner, note="helps")
    edit(event.pk, by=viewer, content={"description": "one\ntwo"})
    sharing.share(event.pk, by=owner, invitations=[Invitation(stranger, Role.VIEWER)])
    sharing.revoke(event.pk, stranger.pk, by=stranger)
    versions.roll_back(event.pk, 1, by=editor)
    delete_event(event.pk, by=owner)
    restore_event(event.pk, by=owner)
    sharing.revoke(event.pk, viewer.pk, by=owner)
    for _ in range(3):
        sharing.change_role(event.pk, editor.pk, Role.OWNER, by=owner)
        sharing.change_role(event.pk, owner.pk, Role.OWNER, by=editor)
    return event


def test_content_and_access_come_in_one_order(api, owner, lively, url):
    assert [(row["action"], row["version"]) for row in rows(api(owner), url)] == [
        *[("transferred", None)] * 6,
        ("revoked", None),
        ("restored", 6),
        ("deleted", 5),
        ("rolled_back", 4),
        ("left", None),
        ("shared", None),
        ("updated", 3),
        ("role_changed", None),
        ("updated", 2),
        ("shared", None),
        ("shared", None),
        ("created", 1),
    ]


def test_a_row_of_content_says_what_changed(api, owner, editor, lively, url):
    row = next(row for row in rows(api(owner), url) if row["version"] == 2)
    del row["at"], row["change_set"]
    assert row == {
        "action": "updated",
        "version": 2,
        "by": {"id": str(editor.pk), "username": "editor"},
        "note": "first",
        "source_version": None,
        "merged_from": None,
        "changes": [
            {"field": "title", "from": "Planning", "to": "A"},
            {"field": "tags", "from": [], "to": ["x"]},
        ],
    }


def test_a_row_of_access_says_whose_role_changed(api, owner, viewer, lively, url):
    row = next(row for row in rows(api(owner), url) if row["action"] == "role_changed")
    del row["at"], row["change_set"]
    assert row == {
        "action": "role_changed",
        "version": None,
        "by": {"id": str(owner.pk), "username": "owner"},
        "note": "helps",
        "source_version": None,
        "merged_from": None,
        "changes": [
            {
                "field": "role",
                "user": {"id": str(viewer.pk), "username": "viewer"},
                "from": "viewer",
                "to": "editor",
            }
        ],
    }


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("shared", None, "viewer"), ("left", "viewer", None), ("revoked", "editor", None)],
)
def test_access_starts_and_ends_with_null(api, owner, lively, url, action, before, after):
    row = next(row for row in rows(api(owner), url) if row["action"] == action)
    (change,) = row["changes"]
    assert (change["from"], change["to"]) == (before, after)


def test_a_transfer_is_one_row_with_two_changes(api, owner, editor, event, url):
    sharing.change_role(event.pk, editor.pk, Role.OWNER, by=owner)
    row = rows(api(owner), url)[0]
    assert (row["action"], row["by"]["username"]) == ("transferred", "owner")
    changes = [(c["user"]["username"], c["from"], c["to"]) for c in row["changes"]]
    assert changes == [("owner", "owner", "editor"), ("editor", "editor", "owner")]


def test_created_names_what_is_not_at_its_default(api, owner):
    event = EventFactory(by=owner, location="Hut", metadata={"k": 1})
    (row,) = rows(api(owner), url_of(event))
    assert (row["action"], row["version"]) == ("created", 1)
    assert {c["field"]: (c["from"], c["to"]) for c in row["changes"]} == {
        "title": (None, "Planning"),
        "location": (None, "Hut"),
        "start_time": (None, "2026-03-02T09:00:00Z"),
        "end_time": (None, "2026-03-02T10:00:00Z"),
        "timezone": (None, "UTC"),
        "metadata": (None, {"k": 1}),
    }


def test_deleting_and_restoring_change_no_field(api, owner, lively, url):
    found = {row["action"]: row for row in rows(api(owner), url)}
    assert found["deleted"]["changes"] == found["restored"]["changes"] == []


def test_a_rollback_says_its_source_and_what_it_took_back(api, owner, lively, url):
    row = next(row for row in rows(api(owner), url) if row["action"] == "rolled_back")
    assert row["source_version"] == 1
    assert {change["field"] for change in row["changes"]} == {"title", "tags", "description"}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
def test_pages_of_any_size_are_the_whole_both_ways(api, owner, lively, url, size):
    client = api(owner)
    whole = rows(client, f"{url}?page_size=100")
    assert len(whole) == 18
    assert rows(client, f"{url}?page_size={size}") == whole
    assert rows_backwards(client, f"{url}?page_size={size}") == whole


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_history_of_transfers_alone_pages_too(api, owner, editor, event, url, size):
    for _ in range(4):
        sharing.change_role(event.pk, editor.pk, Role.OWNER, by=owner)
        sharing.change_role(event.pk, owner.pk, Role.OWNER, by=editor)
    client = api(owner)
    whole = rows(client, f"{url}?page_size=100")
    assert [len(row["changes"]) for row in whole[:8]] == [2] * 8
    assert rows(client, f"{url}?page_size={size}") == whole
    assert rows_backwards(client, f"{url}?page_size={size}") == whole
    assert last_page(client, f"{url}?page_size={size}")["next"] is None


def test_instants_grow_strictly_over_both_kinds(api, owner, lively, url):
    instants = [row["at"] for row in rows(api(owner), url)]
    assert instants == sorted(set(instants), reverse=True)


def test_the_changes_compose_to_the_state(api, owner, lively, url):
    client = api(owner)
    state = dict(content.DEFAULTS)
    for row in reversed(rows(client, f"{url}?page_size=3")):
        if row["version"] is None:
            continue
        for change in row["changes"]:
            assert row["version"] == 1 or state[change["field"]] == change["from"]
            state[change["field"]] = change["to"]
    event = client.get(f"/api/events/{lively.pk}").json()
    assert state == {name: event[name] for name in content.FIELDS}


def test_the_roles_compose_to_the_permissions(api, owner, lively, url):
    client, roles = api(owner), {"owner": "owner"}
    for row in reversed(rows(client, url)):
        for change in row["changes"]:
            if change["field"] == "role":
                whose = change["user"]["username"]
                assert roles.get(whose) == change["from"]
                roles[whose] = change["to"]
    granted = rows(client, f"/api/events/{lively.pk}/permissions")
    expected = {row["user"]["username"]: row["role"] for row in granted}
    assert {name: role for name, role in roles.items() if role} == expected


def test_an_account_that_is_gone_leaves_its_rows_to_nobody(api, owner, event, url):
    gone = UserFactory(username="gone")
    sharing.share(event.pk, by=owner, invitations=[Invitation(gone, Role.EDITOR)])
    edit(event.pk, by=gone, content={"title": "A"})
    sharing.revoke(event.pk, gone.pk, by=gone)
    gone_id = str(gone.pk)
    gone.delete()

    left, updated, shared = rows(api(owner), url)[:3]
    assert left["by"] is updated["by"] is None
    assert updated["changes"][0]["to"] == "A"
    for row in (left, shared):
        assert row["changes"][0]["user"] == {"id": gone_id, "username": None}


def test_the_changelog_of_another_event_is_another(api, owner, lively):
    other = EventFactory(by=owner)
    assert [row["action"] for row in rows(api(owner), url_of(other))] == ["created"]


def test_a_share_of_several_is_a_row_for_each_in_one_change_set(api, owner, event, url):
    invitations = [Invitation(UserFactory(), Role.VIEWER) for _ in range(3)]
    sharing.share(event.pk, by=owner, invitations=invitations)
    found = rows(api(owner), url)[:3]
    assert [row["action"] for row in found] == ["shared"] * 3
    assert len({row["change_set"] for row in found}) == 1
    whose = [row["changes"][0]["user"]["username"] for row in reversed(found)]
    assert whose == [invitation.user.username for invitation in invitations]
