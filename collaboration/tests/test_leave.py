"""Taking access away: somebody else's, or one's own."""

import pytest

from accounts.tests.bodies import errors_in
from events.models import Grant, HistoricalGrant


def url_of(event, user) -> str:
    return f"/api/events/{event.pk}/permissions/{user.pk}"


@pytest.mark.parametrize("who", ["editor", "viewer"])
def test_one_leaves(api, request, event, who):
    user = request.getfixturevalue(who)
    response = api(user).delete(url_of(event, user), {"note": "too much"})

    assert (response.status_code, response.content) == (204, b"")
    assert not Grant.objects.filter(event=event, user=user).exists()
    row = HistoricalGrant.objects.filter(user=user).latest("history_date")
    assert (row.action, row.previous_role, row.history_user_id) == ("left", who, user.pk)
    assert row.history_change_reason == "too much"
    assert response["X-Change-Set"] == str(row.change_set)
    assert api(user).get(f"/api/events/{event.pk}").status_code == 404
    assert api(user).get("/api/events").json()["results"] == []


def test_the_owner_revokes(api, owner, editor, event):
    assert api(owner).delete(url_of(event, editor)).status_code == 204
    row = HistoricalGrant.objects.filter(user=editor).latest("history_date")
    assert (row.action, row.previous_role, row.history_user_id) == ("revoked", "editor", owner.pk)
    assert api(editor).patch(f"/api/events/{event.pk}", {"title": "Mine"}).status_code == 404


def test_the_owner_stays(api, owner, event):
    response = api(owner).delete(url_of(event, owner))
    assert (response.status_code, response.json()["code"]) == (409, "owner_required")
    assert Grant.objects.filter(event=event, user=owner).exists()


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("editor", "viewer", 403),
        ("viewer", "editor", 403),
        ("editor", "owner", 403),
        ("stranger", "viewer", 404),
        ("stranger", "stranger", 404),
        ("owner", "stranger", 404),
    ],
)
def test_nobody_else_revokes(api, request, event, who, whose, status):
    grants = Grant.objects.count()
    user, other = request.getfixturevalue(who), request.getfixturevalue(whose)
    assert api(user).delete(url_of(event, other)).status_code == status
    assert Grant.objects.count() == grants


def test_twice_is_once(api, owner, editor, event):
    client = api(owner)
    assert client.delete(url_of(event, editor)).status_code == 204
    assert client.delete(url_of(event, editor)).status_code == 404


def test_who_has_left_may_be_let_in_again(api, owner, viewer, event):
    api(viewer).delete(url_of(event, viewer))
    sent = {"user": "viewer", "role": "editor"}
    assert api(owner).post(f"/api/events/{event.pk}/share", sent).status_code == 201
    assert api(viewer).get(f"/api/events/{event.pk}").json()["role"] == "editor"


def test_leaving_takes_a_note_and_nothing_else(api, viewer, event):
    response = api(viewer).delete(url_of(event, viewer), {"because": "too much"})
    assert errors_in(response) == {"because": {"unknown_field"}}
    assert Grant.objects.filter(event=event, user=viewer).exists()
