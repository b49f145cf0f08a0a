import pytest

from accounts.tests.bodies import errors_in
from events.models import Grant, HistoricalGrant


@pytest.fixture
def url(event, viewer):
    return f"/api/events/{event.pk}/permissions/{viewer.pk}"


def role_of(event, user) -> str | None:
    return Grant.objects.filter(event=event, user=user).values_list("role", flat=True).first()


def test_the_owner_changes_a_role(api, owner, viewer, event, url):
    response = api(owner).put(url, {"role": "editor", "note": "helps"})
    assert response.status_code == 200
    assert response.json()["role"] == role_of(event, viewer) == "editor"
    row = HistoricalGrant.objects.filter(user=viewer).latest("history_date")
    assert (row.action, row.previous_role, row.role) == ("role_changed", "viewer", "editor")
    assert (row.history_user_id, row.history_change_reason) == (owner.pk, "helps")
    assert response["X-Change-Set"] == str(row.change_set)


def test_a_row_of_the_list_may_come_back(api, owner, viewer, event, url):
    client = api(owner)
    listed = client.get(f"/api/events/{event.pk}/permissions").json()["results"]
    row = next(row for row in listed if row["user"]["id"] == str(viewer.pk))
    assert client.put(url, {**row, "role": "editor"}).status_code == 200
    assert role_of(event, viewer) == "editor"


def test_the_same_role_changes_nothing(api, owner, viewer, url):
    rows = HistoricalGrant.objects.count()
    response = api(owner).put(url, {"role": "viewer"})
    assert response.status_code == 200
    assert "X-Change-Set" not in response
    assert HistoricalGrant.objects.count() == rows


def test_a_new_role_counts_at_once(api, owner, editor, event):
    client, address = api(editor), f"/api/events/{event.pk}"
    assert client.patch(address, {"title": "Mine"}).status_code == 200
    api(owner).put(f"{address}/permissions/{editor.pk}", {"role": "viewer"})
    assert client.patch(address, {"title": "Again"}).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("viewer", 403), ("stranger", 404)])
@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
def test_only_the_owner_changes_roles(api, request, viewer, event, url, who, status, role):
    client = api(request.getfixturevalue(who))
    assert client.put(url, {"role": role}).status_code == status
    assert role_of(event, viewer) == "viewer"


def test_somebody_without_a_role_is_404(api, owner, stranger, event):
    address = f"/api/events/{event.pk}/permissions"
    for whose in (stranger.pk, "x", "00000000-0000-7000-8000-000000000000", stranger.username):
        assert api(owner).put(f"{address}/{whose}", {"role": "viewer"}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({}, {"role": {"required"}}),
        ({"role": "admin"}, {"role": {"invalid_choice"}}),
        ({"role": None}, {"role": {"null"}}),
        ({"role": "editor", "colour": 1}, {"colour": {"unknown_field"}}),
    ],
)
def test_a_bad_role_is_named(api, owner, viewer, event, url, sent, errors):
    assert errors_in(api(owner).put(url, sent)) == errors
    assert role_of(event, viewer) == "viewer"


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_the_owner_is_not_lowered(api, owner, event, role):
    response = api(owner).put(f"/api/events/{event.pk}/permissions/{owner.pk}", {"role": role})
    assert (response.status_code, response.json()["code"]) == (409, "owner_required")
    assert role_of(event, owner) == "owner"


def test_the_owner_is_the_owner_already(api, owner, event):
    response = api(owner).put(f"/api/events/{event.pk}/permissions/{owner.pk}", {"role": "owner"})
    assert response.status_code == 200
    assert "X-Change-Set" not in response
