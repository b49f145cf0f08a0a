"""How many statements each request sends: the same for little data as for much.

Each number is pinned, so that a change of it is seen; those of the contract's section 7 are the
budgets of test_the_budgets_of_the_contract_hold.
"""

import pytest

from accounts.tests.factories import UserFactory
from events.services.batch import create_events
from events.services.writing import delete_event
from events.tests.factories import EventFactory, body, edit, in_memory, shared
from neofi.tests.queries import queries

SIZES = [3, 30]


@pytest.fixture
def grown(request, owner, editor, stranger):
    """An event with as many versions, grants and neighbours as `request.param` says."""
    size = request.param
    create_events(by=owner, items=[in_memory(body())] * size, notes=[""] * size)
    trash = EventFactory(by=owner)
    delete_event(trash.pk, by=owner)
    event = EventFactory(by=owner)
    people = {UserFactory(): "viewer" for _ in range(size - 2)}
    shared(event, {editor: "editor", **people})
    for number in range(2, size + 1):
        values = {"title": f"Version {number}", "metadata": {"n": number}}
        edit(event.pk, by=(owner, editor)[number % 2], content=values)
    return event, trash


EVENT, TRASH = "/api/events/{event}", "/api/events/{trash}"

CALLS = {
    # session and user, with the event, its role, owner and last editor
    "get": ("get", EVENT, None, 1),
    "options": ("options", EVENT, None, 1),
    # session, with the page, its roles, owners and last editors
    "list": ("get", "/api/events?page_size=100", None, 1),
    "list of all filters": (
        "get",
        "/api/events?search=planning&tag=a&from=2026-01-01&to=2027-01-01&status=confirmed"
        "&role=owner&owner=owner&updated_since=2026-01-01&ordering=-updated_at",
        None,
        3,
    ),
    "trash": ("get", "/api/events?deleted=true", None, 2),
    # session; event with version, grant and grant's history
    "create": ("post", "/api/events", body(), 2),
    "batch": ("post", "/api/events/batch", {"events": [body()] * 3}, 2),
    "large batch": ("post", "/api/events/batch", {"events": [body()] * 1_000}, 2),
    # session, with the event for the early answer; lock; role, owner and last editor; update with
    # version
    "patch": ("patch", EVENT, {"title": "New"}, 4),
    "put": ("put", EVENT, body(), 4),
    # the same with the version to merge from
    "merge": ("patch", EVENT, {"location": "Hut", "base_version": 1}, 5),
    # a patch's first three
    "patch that changes nothing": ("patch", EVENT, {}, 3),
    "delete": ("delete", EVENT, None, 4),
    "restore": ("post", TRASH + "/restore", None, 4),
    # as a patch, with the version that is gone back to
    "rollback": ("post", EVENT + "/rollback/1", None, 5),
    # session with event; lock; role; remembered answers; access history; read grants; split_from of
    # others; grants; event; versions
    "purge": ("delete", EVENT + "?purge=true", None, 10),
    # session with event; versions with authors
    "history": ("get", EVENT + "/history", None, 2),
    "version": ("get", EVENT + "/history/1", None, 1),
    "changelog": ("get", EVENT + "/changelog?page_size=100", None, 2),
    # session with event for the early answer; event; all its versions; their spans
    "verify": ("get", EVENT + "/history/verify", None, 5),
    "diff": ("get", EVENT + "/diff/1/3", None, 1),
    "blame": ("get", EVENT + "/blame", None, 2),
    # session with event; grants with their people
    "permissions": ("get", EVENT + "/permissions?page_size=100", None, 2),
    # session with event; people; lock; role; grants; insert; history; event's newest instant
    "share": ("post", EVENT + "/share", {"user": "stranger", "role": "viewer"}, 8),
    "share with several": (
        "post",
        EVENT + "/share",
        {"users": [{"user": "stranger", "role": "viewer"}, {"user": "new", "role": "viewer"}]},
        8,
    ),
    # session with event; whether that person has a role; lock; role; grant; update; history;
    # instant
    "change of role": ("put", EVENT + "/permissions/{editor}", {"role": "viewer"}, 8),
    # the same with the old owner's grant and its update
    "transfer": ("put", EVENT + "/permissions/{editor}", {"role": "owner"}, 10),
    "revoke": ("delete", EVENT + "/permissions/{editor}", None, 8),
}


@pytest.mark.parametrize("grown", SIZES, indirect=True)
@pytest.mark.parametrize("name", CALLS)
def test_a_request_costs_the_same_with_little_data_as_with_much(api, owner, editor, grown, name):
    event, trash = grown
    UserFactory(username="new")
    method, path, sent, expected = CALLS[name]
    client = api(owner)
    url = path.format(event=event.pk, trash=trash.pk, editor=editor.pk)
    with queries(expected):
        response = getattr(client, method)(url, sent)
    assert response.status_code in (200, 201, 204), response.content


@pytest.mark.parametrize("grown", SIZES, indirect=True)
@pytest.mark.parametrize("path", ["/api/events", EVENT + "/history", EVENT + "/changelog"])
def test_a_page_in_the_middle_costs_what_the_first_one_does(api, owner, grown, path):
    client, (event, _) = api(owner), grown
    first = client.get(f"{path.format(event=event.pk)}?page_size=1").json()
    expected = 1 if path == "/api/events" else 2
    with queries(expected):
        second = client.get(first["next"]).json()
    with queries(expected):
        client.get(second["previous"])


@pytest.mark.parametrize(
    ("name", "budget"),
    [
        ("get", 1),
        ("list", 1),
        ("patch", 4),
        ("put", 4),
        ("large batch", 2),
        ("changelog", 2),
        ("diff", 1),
    ],
)
def test_the_budgets_of_the_contract_hold(name, budget):
    assert CALLS[name][-1] <= budget


@pytest.mark.parametrize("accept", ["application/json-patch+json", "text/plain"])
@pytest.mark.parametrize("grown", SIZES, indirect=True)
def test_a_diff_costs_the_same_in_every_form(api, owner, grown, accept):
    client, (event, _) = api(owner), grown
    with queries(1):
        client.get(f"/api/events/{event.pk}/diff/1/3", headers={"Accept": accept})
