"""Who may do what: every method of every route of the API, for every role.

The table is the contract's section on roles, spelled out. A route that is missing from it fails.
"""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver

from accounts import services
from accounts.tests.factories import PASSWORD, UserFactory
from events.models import Event, Grant
from events.services import writing
from events.tests.factories import body
from neofi.tests.refusals import problem_in, send

ROLES = ("nobody", "stranger", "viewer", "editor", "owner")
# Routes, and the status for each of ROLES. `user_id` is the editor's, unless the row says whose.
TABLE = """
GET    /api/                                     200 200 200 200 200
GET    /api/schema                               200 200 200 200 200
POST   /api/auth/register                        201 201 201 201 201
POST   /api/auth/login                           200 200 200 200 200
POST   /api/auth/refresh                         200 200 200 200 200
POST   /api/auth/logout                          204 204 204 204 204
GET    /api/auth/me                              401 200 200 200 200
PATCH  /api/auth/me                              401 200 200 200 200
GET    /api/events                               401 200 200 200 200
POST   /api/events                               401 201 201 201 201
POST   /api/events/batch                         401 201 201 201 201
GET    /api/events/{id}                          401 404 200 200 200
PUT    /api/events/{id}                          401 404 403 200 200
PATCH  /api/events/{id}                          401 404 403 200 200
DELETE /api/events/{id}                          401 404 403 403 204
DELETE /api/events/{id}?purge=true               401 404 403 403 204
POST   /api/events/{id}/restore                  401 404 403 403 200
GET    /api/events/{id}/history                  401 404 200 200 200
GET    /api/events/{id}/history/verify           401 404 200 200 200
GET    /api/events/{id}/history/{version}        401 404 200 200 200
POST   /api/events/{id}/rollback/{version}       401 404 403 200 200
POST   /api/events/{id}/undo/{version}           401 404 403 403 204
GET    /api/events/{id}/changelog                401 404 200 200 200
GET    /api/events/{id}/diff/{v1}/{v2}           401 404 200 200 200
GET    /api/events/{id}/blame                    401 404 200 200 200
POST   /api/events/{id}/share                    401 404 403 403 201
GET    /api/events/{id}/permissions              401 404 200 200 200
PUT    /api/events/{id}/permissions/{user_id}    401 404 403 403 200
DELETE /api/events/{id}/permissions/{user_id}    401 404 403 204 204
DELETE /api/events/{id}/permissions/{viewer}     401 404 204 403 204
DELETE /api/events/{id}/permissions/{owner}      401 404 403 403 409
PUT    /api/events/{id}/permissions/{owner}      401 404 403 403 409
DELETE /api/events/{id}/permissions/{other}      401 404 403 403 404
PUT    /api/events/{id}/permissions/{other}      401 404 403 403 404
GET    /api/changes/{change_set}                 401 404 200 200 200
POST   /api/changes/{change_set}/undo            401 404 409 409 200
"""
# The same for an event in the trash, which is there for three requests of its owner's only; and in
# its change sets, where nothing is left to undo of its creation.
IN_TRASH = """
GET    /api/events/{id}                          401 404 404 404 404
PUT    /api/events/{id}                          401 404 404 404 404
PATCH  /api/events/{id}                          401 404 404 404 404
DELETE /api/events/{id}                          401 404 404 404 404
DELETE /api/events/{id}?purge=true               401 404 403 403 204
POST   /api/events/{id}/restore                  401 404 403 403 200
GET    /api/events/{id}/history                  401 404 404 404 404
GET    /api/events/{id}/history/verify           401 404 404 404 404
GET    /api/events/{id}/history/{version}        401 404 404 404 404
POST   /api/events/{id}/rollback/{version}       401 404 404 404 404
POST   /api/events/{id}/undo/{version}           401 404 404 404 404
GET    /api/events/{id}/changelog                401 404 404 404 404
GET    /api/events/{id}/diff/{v1}/{v2}           401 404 404 404 404
GET    /api/events/{id}/blame                    401 404 404 404 404
POST   /api/events/{id}/share                    401 404 404 404 404
GET    /api/events/{id}/permissions              401 404 404 404 404
PUT    /api/events/{id}/permissions/{user_id}    401 404 404 404 404
DELETE /api/events/{id}/permissions/{user_id}    401 404 404 404 404
GET    /api/changes/{change_set}                 401 404 200 200 200
POST   /api/changes/{change_set}/undo            401 404 200 200 200
"""
BODIES = {
    "/api/events": body(),
    "/api/events/batch": {"events": [body()]},
    "/api/events/{id}": body(title="Changed"),
    "/api/events/{id}/share": {"user": "newcomer", "role": "viewer"},
    "/api/auth/register": {"username": "ada", "email": "ada@example.org", "password": PASSWORD},
    "/api/auth/login": {"username": "newcomer", "password": PASSWORD},
    "/api/auth/me": {"timezone": "Europe/Berlin"},
}
NO_ROLE_AT_ALL = "01890a5d-ac96-774b-bcce-b302099a8057"


def rows(table: str) -> Iterator[tuple[str, str, dict[str, int]]]:
    for line in table.strip().splitlines():
        method, route, *statuses = line.split()
        yield method, route, dict(zip(ROLES, map(int, statuses), strict=True))


def cases(table: str, roles=ROLES, status: int | None = None):
    wanted = [
        pytest.param(method, route, role, statuses[role], id=f"{role} {method} {route}")
        for method, route, statuses in rows(table)
        for role in roles
        if status in (None, statuses[role])
    ]
    return pytest.mark.parametrize(("method", "route", "role", "status"), wanted)


def routes(patterns, prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Every method and path that the resolver knows, as the table writes them."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from routes(pattern.url_patterns, here)
        elif here.startswith("/api/"):
            view = pattern.callback
            methods = getattr(view, "actions", None) or {
                name for name in view.view_class.http_method_names if hasattr(view.view_class, name)
            }
            for method in set(methods) - {"head", "options"}:
                yield method.upper(), re.sub(r"<str:(\w+)>", r"{\1}", here)


def test_every_route_is_in_the_table():
    assert set(routes(get_resolver().url_patterns)) == {
        (method, route)
        for method, route, _ in rows(TABLE)
        if "?" not in route and not re.search(r"{(viewer|owner|other)}", route)
    }


def test_every_route_of_one_event_is_in_the_table_of_the_trash():
    of_one = {(method, route) for method, route, _ in rows(TABLE) if "{id}" in route}
    trashed = {(method, route) for method, route, _ in rows(IN_TRASH)}
    assert {row for row in of_one - trashed if "/permissions/" not in row[1]} == set()


def body_of(method: str, route: str) -> dict | None:
    """What a request carries to be right in every other way; somebody new to name in it."""
    if method == "DELETE":
        return None
    if method == "PUT" and "/permissions/" in route:
        return {"role": "viewer"}
    if route in ("/api/auth/login", "/api/events/{id}/share"):
        UserFactory(username="newcomer")
    if route in ("/api/auth/refresh", "/api/auth/logout"):
        _, token = services.start_session(user=UserFactory(username="newcomer"))
        return {"refresh": str(token)}
    return BODIES.get(route)


@pytest.fixture
def ask(api, event, owner, editor, viewer):
    """`ask(method, route, user)` sends a request that is right, were it not for the role."""
    names = {"id": event.pk, "version": 1, "v1": 1, "v2": 1, "user_id": editor.pk}
    names |= {"viewer": viewer.pk, "owner": owner.pk, "other": NO_ROLE_AT_ALL}
    names["change_set"] = event.history.get(version=1).change_set

    def answer(method, route, user):
        return send(api(user), method, route.format(**names), body_of(method, route))

    return answer


@pytest.fixture
def person(request):
    """`person(role)` is one of the cast; None for nobody."""
    return lambda role: None if role == "nobody" else request.getfixturevalue(role)


def assert_answer(response, status: int) -> None:
    assert response.status_code == status, response.content[:500]
    if status >= 400:
        problem_in(response)


@cases(TABLE)
def test_each_role_may_do_just_this(ask, person, method, route, role, status):
    assert_answer(ask(method, route, person(role)), status)


@cases(IN_TRASH)
def test_in_the_trash_only_its_owner_finds_it(
    ask, person, event, owner, method, route, role, status
):
    writing.delete_event(event.pk, by=owner)
    assert_answer(ask(method, route, person(role)), status)


@pytest.mark.parametrize("rank", ["is_staff", "is_superuser"])
@cases(TABLE, ["stranger"], status=404)
def test_staff_are_strangers_here(ask, rank, method, route, role, status):
    """The admin is their tool; in the API they see what they were given."""
    staff = UserFactory(username="stranger", **{"is_staff": True, rank: True})
    assert_answer(ask(method, route, staff), status)


@pytest.mark.parametrize("role", ["stranger", "viewer", "editor"])
def test_what_is_refused_changes_nothing(ask, person, role):
    before = list(Event.objects.values()), list(Grant.objects.order_by("pk").values())
    for method, route, statuses in rows(TABLE):
        if statuses[role] in (403, 404):
            ask(method, route, person(role))
    assert (list(Event.objects.values()), list(Grant.objects.order_by("pk").values())) == before


@pytest.mark.parametrize(
    ("role", "found"), [("stranger", 0), ("viewer", 1), ("editor", 1), ("owner", 1)]
)
def test_the_list_has_what_one_may_read(ask, person, role, found):
    results = ask("GET", "/api/events", person(role)).json()["results"]
    assert [event["role"] for event in results] == [role] * found
