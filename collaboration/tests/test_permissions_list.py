import pytest

from accounts.tests.factories import UserFactory
from collaboration.services import sharing
from events.roles import Role
from events.tests.factories import EventFactory, shared
from neofi.tests.paging import rows, rows_backwards


def url_of(event) -> str:
    return f"/api/events/{event.pk}/permissions"


def test_everybody_with_access_is_listed_the_owner_first(api, owner, editor, viewer, event):
    listed = rows(api(viewer), url_of(event))
    assert [(row["user"]["username"], row["role"]) for row in listed] == [
        ("owner", "owner"),
        ("editor", "editor"),
        ("viewer", "viewer"),
    ]
    assert all(row["granted_by"]["username"] == "owner" for row in listed)
    assert all(row["granted_at"].endswith("Z") for row in listed)


def test_a_row_is_what_sharing_answered(api, owner, stranger, event):
    client = api(owner)
    row = client.post(f"/api/events/{event.pk}/share", {"user": "stranger", "role": "viewer"})
    assert row.json() in rows(client, url_of(event))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_of_any_size_are_the_whole(api, db, size):
    people = [UserFactory() for _ in range(7)]
    event = shared(EventFactory(by=people[3]), {p: "viewer" for p in people if p != people[3]})
    client, url = api(people[0]), url_of(event)
    whole = [row["user"]["id"] for row in rows(client, url)]
    assert whole[0] == str(people[3].pk)
    assert whole[1:] == sorted(str(p.pk) for p in people if p != people[3])
    for read in (rows, rows_backwards):
        assert [row["user"]["id"] for row in read(client, f"{url}?page_size={size}")] == whole


def test_after_a_transfer_the_new_owner_is_first(api, owner, editor, event):
    sharing.change_role(event.pk, editor.pk, Role.OWNER, by=owner)
    assert rows(api(owner), url_of(event))[0]["user"]["username"] == "editor"


def test_the_list_is_no_business_of_strangers(api, stranger, event):
    assert api(stranger).get(url_of(event)).status_code == 404
