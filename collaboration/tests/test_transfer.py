import pytest

from accounts.models import User
from events.models import Event, Grant, HistoricalGrant
from events.services.writing import delete_event


@pytest.fixture
def url(event, editor):
    return f"/api/events/{event.pk}/permissions/{editor.pk}"


@pytest.mark.parametrize("who", ["editor", "viewer"])
def test_the_event_is_handed_over(api, request, owner, event, who):
    heir = request.getfixturevalue(who)
    address = f"/api/events/{event.pk}"
    response = api(owner).put(f"{address}/permissions/{heir.pk}", {"role": "owner"})

    assert response.status_code == 200
    assert response.json()["role"] == "owner"
    assert response.json()["granted_by"]["username"] == "owner"
    seen = {user: api(user).get(address).json() for user in (owner, heir)}
    assert (seen[owner]["role"], seen[heir]["role"]) == ("editor", "owner")
    assert {seen[user]["owner"]["username"] for user in seen} == {who}
    assert seen[owner]["capabilities"] == ["read", "edit", "leave"]
    assert Grant.objects.filter(event=event, role="owner").count() == 1


def test_a_transfer_is_two_rows_of_one_instant(api, owner, editor, event, url):
    response = api(owner).put(url, {"role": "owner", "note": "moving on"})
    rows = HistoricalGrant.objects.filter(action="transferred").order_by("history_id")
    assert [(r.user_id, r.previous_role, r.role) for r in rows] == [
        (owner.pk, "owner", "editor"),
        (editor.pk, "editor", "owner"),
    ]
    assert len({row.history_date for row in rows}) == 1
    assert {str(row.change_set) for row in rows} == {response["X-Change-Set"]}
    assert {row.history_change_reason for row in rows} == {"moving on"}


def test_a_transfer_makes_no_version(api, owner, event, url):
    api(owner).put(url, {"role": "owner"})
    assert Event.objects.get(pk=event.pk).version == event.version


def test_afterwards_the_new_owner_decides(api, owner, editor, event, url):
    api(owner).put(url, {"role": "owner"})
    address = f"/api/events/{event.pk}"
    assert api(owner).delete(address).status_code == 403
    assert api(owner).post(f"{address}/share", {}).status_code == 403
    assert api(owner).delete(f"{address}/permissions/{owner.pk}").status_code == 204
    assert api(owner).get(address).status_code == 404
    assert api(editor).delete(address).status_code == 204


def test_an_event_is_handed_to_somebody_who_has_a_role(api, owner, stranger, event):
    address = f"/api/events/{event.pk}/permissions/{stranger.pk}"
    assert api(owner).put(address, {"role": "owner"}).status_code == 404


def test_an_account_that_is_switched_off_is_handed_nothing(api, owner, editor, event):
    User.objects.filter(pk=editor.pk).update(is_active=False)
    answer = api(owner).put(f"/api/events/{event.pk}/permissions/{editor.pk}", {"role": "owner"})
    assert (answer.status_code, answer.json()["code"]) == (409, "inactive_user")


def test_an_event_in_the_trash_is_not_handed_over(api, owner, event, url):
    delete_event(event.pk, by=owner)
    assert api(owner).put(url, {"role": "owner"}).status_code == 404
