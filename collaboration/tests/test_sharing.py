import copy

import pytest

from accounts.models import User
from accounts.tests.bodies import errors_in
from accounts.tests.factories import UserFactory
from events.models import Event, Grant, HistoricalGrant
from events.tests.factories import EventFactory


@pytest.fixture
def url(owner):
    return f"/api/events/{EventFactory(by=owner).pk}/share"


def roles(url: str) -> dict[str, str]:
    grants = Grant.objects.filter(event=url.split("/")[3]).exclude(role="owner")
    return dict(grants.values_list("user__username", "role"))


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_a_new_share_is_201(api, owner, viewer, url, role):
    response = api(owner).post(url, {"user": "viewer", "role": role})
    assert response.status_code == 201
    row = response.json()
    assert row == {
        "user": {"id": str(viewer.pk), "username": "viewer"},
        "role": role,
        "granted_by": {"id": str(owner.pk), "username": "owner"},
        "granted_at": row["granted_at"],
    }
    assert api(viewer).get(url.removesuffix("/share")).json()["role"] == role


def test_a_new_role_is_200(api, owner, viewer, url):
    client = api(owner)
    client.post(url, {"user": "viewer", "role": "viewer"})
    response = client.post(url, {"user": "viewer", "role": "editor"})
    assert (response.status_code, response.json()["role"]) == (200, "editor")
    assert roles(url) == {"viewer": "editor"}


def test_the_same_role_again_changes_nothing(api, owner, viewer, url):
    client = api(owner)
    first = client.post(url, {"user": "viewer", "role": "viewer"})
    again = client.post(url, {"user": "viewer", "role": "viewer"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert "X-Change-Set" not in again
    assert HistoricalGrant.objects.filter(user=viewer).count() == 1


@pytest.mark.parametrize(
    ("field", "spelling"),
    [
        ("user", lambda user: user.username),
        ("user", lambda user: user.username.upper()),
        ("user", lambda user: user.email),
        ("user", lambda user: user.email.upper()),
        ("user", lambda user: str(user.pk)),
        ("user", lambda user: str(user.pk).upper()),
        ("user_id", lambda user: str(user.pk)),
        ("user_id", lambda user: user.username),
    ],
)
def test_people_are_named_by_id_name_or_address(api, owner, viewer, url, field, spelling):
    response = api(owner).post(url, {field: spelling(viewer), "role": "viewer"})
    assert response.status_code == 201
    assert roles(url) == {"viewer": "viewer"}


def test_sharing_is_a_row_of_history_with_its_note(api, owner, viewer, url):
    response = api(owner).post(url, {"user": "viewer", "role": "viewer", "note": "fyi"})
    row = HistoricalGrant.objects.get(user=viewer)
    assert (row.action, row.role, row.previous_role) == ("shared", "viewer", None)
    assert (row.history_user_id, row.history_change_reason) == (owner.pk, "fyi")
    assert response["X-Change-Set"] == str(row.change_set)


def test_sharing_makes_no_version(api, owner, viewer, url):
    before = Event.objects.values("version", "updated_at").get()
    api(owner).post(url, {"user": "viewer", "role": "viewer"})
    assert Event.objects.values("version", "updated_at").get() == before


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({}, {"role": {"required"}}),
        ({"role": "viewer"}, {"user": {"required"}}),
        ({"user": "viewer"}, {"role": {"required"}}),
        ({"user": "nobody", "role": "viewer"}, {"user": {"unknown_user"}}),
        ({"user": "no@example.org", "role": "viewer"}, {"user": {"unknown_user"}}),
        ({"user": "\x00", "role": "viewer"}, None),
        ({"user": "viewer", "role": "admin"}, {"role": {"invalid_choice"}}),
        ({"user": "viewer", "role": "owner"}, {"role": {"owner"}}),
        ({"user": "owner", "role": "viewer"}, {"user": {"self"}}),
        ({"user": "viewer", "user_id": "viewer", "role": "viewer"}, {"user": {"required"}}),
        ({"user": 7, "role": "viewer"}, {"user": {"wrong_type"}}),
        ({"user": "viewer", "role": "viewer", "x": 1}, {"x": {"unknown_field"}}),
        ({"users": []}, {"users": {"empty"}}),
        ({"users": [{"user": "viewer", "role": "owner"}]}, {"users.0.role": {"owner"}}),
        ({"users": [{"user": "nobody", "role": "viewer"}]}, {"users.0.user": {"unknown_user"}}),
        ({"users": [{"user": "viewer", "role": "viewer"}] * 101}, {"users": {"max_length"}}),
        (
            {"users": [{"user": "viewer", "role": "viewer"}], "role": "viewer"},
            {"users": {"invalid"}},
        ),
        (
            {"users": [{"user": u, "role": "viewer"} for u in ("viewer", "VIEWER", "nobody")]},
            {"users.1.user": {"doubled"}, "users.2.user": {"unknown_user"}},
        ),
    ],
)
def test_what_cannot_be_shared_is_named(api, owner, viewer, url, sent, errors):
    found = errors_in(api(owner).post(url, sent))
    assert found == errors or errors is None
    assert roles(url) == {}


def test_the_refusal_of_the_role_owner_points_to_the_transfer(api, owner, viewer, url):
    response = api(owner).post(url, {"user": "viewer", "role": "owner"})
    assert "/permissions/" in response.json()["errors"][0]["message"]


def test_nobody_shares_with_an_account_that_is_closed(api, owner, viewer, url):
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    response = api(owner).post(url, {"user": "viewer", "role": "viewer"})
    assert errors_in(response) == {"user": {"unknown_user"}}


def test_several_people_at_once(api, owner, editor, viewer, url):
    users = [{"user": "viewer", "role": "viewer"}, {"user_id": str(editor.pk), "role": "editor"}]
    response = api(owner).post(url, {"users": users, "note": "team"})
    assert response.status_code == 201
    rows = response.json()["results"]
    assert [(row["user"]["username"], row["role"]) for row in rows] == [
        ("viewer", "viewer"),
        ("editor", "editor"),
    ]
    shares = HistoricalGrant.objects.filter(action="shared")
    assert {row.history_change_reason for row in shares} == {"team"}
    assert {str(row.change_set) for row in shares} == {response["X-Change-Set"]}


def test_several_people_are_200_if_one_was_there(api, owner, editor, viewer, url):
    client = api(owner)
    client.post(url, {"user": "viewer", "role": "viewer"})
    users = [{"user": name, "role": "editor"} for name in ("viewer", "editor")]
    response = client.post(url, {"users": users})
    assert (response.status_code, len(response.json()["results"])) == (200, 2)
    assert roles(url) == {"viewer": "editor", "editor": "editor"}


def test_one_bad_name_and_nobody_is_let_in(api, owner, viewer, url):
    users = [{"user": name, "role": "viewer"} for name in ("viewer", "nobody", "owner")]
    api(owner).post(url, {"users": users})
    assert roles(url) == {}


def test_oneself_among_several_is_refused(api, owner, viewer, url):
    users = [{"user": name, "role": "viewer"} for name in ("viewer", "owner")]
    assert api(owner).post(url, {"users": users}).status_code == 400
    assert roles(url) == {}


def test_a_hundred_people_at_once(api, owner, url):
    users = [{"user": UserFactory().username, "role": "viewer"} for _ in range(100)]
    response = api(owner).post(url, {"users": users})
    assert (response.status_code, len(roles(url))) == (201, 100)


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("viewer", 403), ("stranger", 404)])
def test_only_the_owner_shares(api, request, event, who, status):
    client = api(request.getfixturevalue(who))
    sent = {"user": "stranger", "role": "viewer"}
    assert client.post(f"/api/events/{event.pk}/share", sent).status_code == status
    assert not Grant.objects.filter(user__username="stranger").exists()


def test_sharing_is_throttled(api, owner, url, settings):
    changed = copy.deepcopy(settings.REST_FRAMEWORK)
    changed["DEFAULT_THROTTLE_RATES"]["share"] = "1/min"
    settings.REST_FRAMEWORK = changed
    client = api(owner)
    assert client.post(url, {"user": "nobody", "role": "viewer"}).status_code == 400
    response = client.post(url, {"user": "nobody", "role": "viewer"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1
