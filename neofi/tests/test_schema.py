"""The OpenAPI document: whole, valid, and true."""

import os
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.urls import URLPattern, get_resolver
from rest_framework.settings import api_settings

from accounts.tests.factories import UserFactory
from events.models import HistoricalEvent
from events.roles import Role
from neofi.tests.documented import DocumentedClient, check, dereferenced, document

UNDOCUMENTED = {"api-root", "schema"}
METHODS = {"get", "post", "put", "patch", "delete"}
NEW_EVENT = {
    "title": "Design review",
    "description": "Agenda:\n- the API",
    "start_time": "2026-03-02T09:00",
    "end_time": "2026-03-02T10:00:00+01:00",
    "tags": ["team"],
    "metadata": {"room": {"seats": 8}},
    "note": "as agreed",
}


def routes():
    """(path as the document writes it, view class, {method: action}) of every path of the API."""
    for path, callback in _patterns(get_resolver().url_patterns, "/"):
        handlers = getattr(callback, "actions", None) or {m: m for m in dir(callback.cls)}
        yield path, callback.cls, {m: handlers[m] for m in METHODS & set(handlers)}


def _patterns(patterns, prefix):
    for pattern in patterns:
        path = prefix + str(pattern.pattern).replace("<str:", "{").replace(">", "}")
        if not isinstance(pattern, URLPattern):
            yield from _patterns(pattern.url_patterns, path)
        elif path.startswith("/api/") and pattern.name not in UNDOCUMENTED:
            yield path, pattern.callback


def operations():
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            yield pytest.param(operation, id=f"{method} {path}")


def contents(operation):
    """(where, media type, media type object) of the bodies of an operation."""
    yield from (
        ("request", *item)
        for item in operation.get("requestBody", {"content": {}})["content"].items()
    )
    for status, response in operation["responses"].items():
        for media_type, content in dereferenced(response).get("content", {}).items():
            yield status, media_type, content


def test_it_is_made_without_warnings_and_is_valid():
    call_command(
        "spectacular",
        validate=True,
        fail_on_warn=True,
        file=os.devnull,
        generator_class="drf_spectacular.generators.SchemaGenerator",
    )
    assert document()["openapi"] == "3.1.0"


def test_it_is_served_to_everybody_and_names_no_host(client):
    response = client.get("/api/schema")
    assert response.json() == document()
    assert document()["servers"] == [{"url": "/"}]


def test_it_has_every_route_with_its_methods_and_nothing_else():
    served = {path: set(actions) for path, _, actions in routes()}
    assert {path: set(item) for path, item in document()["paths"].items()} == served


def test_it_has_every_query_parameter_and_nothing_else():
    for path, view_class, actions in routes():
        for method, action in actions.items():
            request = SimpleNamespace(method=method.upper())
            view = view_class(action=action, request=request)
            known = view.known_parameters()[0] if hasattr(view, "known_parameters") else set()
            parameters = document()["paths"][path][method]["parameters"]
            documented = {p["name"] for p in parameters if p["in"] == "query"}
            assert documented == {*known, api_settings.URL_FORMAT_OVERRIDE}, f"{method} {path}"


def test_it_names_the_role_that_is_needed():
    for path, view_class, actions in routes():
        for method, action in actions.items():
            least = getattr(view_class, "least_roles", {}).get(action, Role.VIEWER)
            operation = document()["paths"][path][method]
            assert least == Role.VIEWER or f"`{least}`" in operation["description"]


def test_operation_ids_are_unique():
    ids = [
        operation["operationId"]
        for item in document()["paths"].values()
        for operation in item.values()
    ]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("operation", list(operations()))
def test_each_body_has_examples_and_they_are_valid(operation):
    for where, media_type, content in contents(operation):
        examples = content.get("examples", {}).values()
        assert examples or "json" not in media_type, f"{where} {media_type}"
        # Nothing that people may be about to send, or may have to correct, is left to guesses.
        assert examples or not (where == "request" or where[0] == "4"), f"{where} {media_type}"
        for example in examples:
            check(example["value"], content["schema"])


def test_the_operations_are_in_the_four_areas():
    areas = {tag["name"] for tag in document()["tags"]}
    assert areas == {"accounts", "events", "versions", "collaboration"}
    used = [op["tags"] for item in document()["paths"].values() for op in item.values()]
    assert all(len(tags) == 1 and tags[0] in areas for tags in used)


def test_a_token_of_the_login_is_what_it_is_authorized_with():
    bearer = document()["components"]["securitySchemes"]["bearer"]
    assert (bearer["type"], bearer["scheme"].lower()) == ("http", "bearer")
    assert {"bearer": []} in document()["paths"]["/api/events"]["get"]["security"]


@pytest.fixture
def signed_up(db):
    """A client of a new account, made through the API."""

    def sign_up(name):
        client = DocumentedClient()
        account = {"username": name, "email": f"{name}@example.org", "password": "sphinx of quartz"}
        answer = client.post("/api/auth/register", {**account, "timezone": "Europe/Berlin"})
        assert answer.status_code == 201
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
        client.refresh_token = answer.json()["refresh"]
        return client

    return sign_up


def test_accounts_do_what_it_says(signed_up):
    ada = signed_up("ada")
    assert ada.get("/api/auth/me").status_code == 200
    assert ada.patch("/api/auth/me", {"timezone": "UTC"}).status_code == 200
    assert ada.patch("/api/auth/me", {"timezone": "Mars"}).status_code == 400
    assert DocumentedClient().get("/api/auth/me").status_code == 401
    login = {"username": "ada@example.org", "password": "sphinx of quartz"}
    pair = DocumentedClient().post("/api/auth/login", login).json()
    wrong = {**login, "password": "quartz of sphinx"}
    assert DocumentedClient().post("/api/auth/login", wrong).status_code == 401
    for status in (200, 401):  # a refresh token works once
        answer = DocumentedClient().post("/api/auth/refresh", {"refresh": pair["refresh"]})
        assert answer.status_code == status
    token = {"refresh": ada.refresh_token}
    assert DocumentedClient().post("/api/auth/logout", token).status_code == 204


def test_events_do_what_it_says(signed_up):
    ada, grace = signed_up("ada"), signed_up("grace")
    created = ada.post("/api/events", NEW_EVENT)
    url, tag = f"/api/events/{created.json()['id']}", created["ETag"]
    assert ada.get(url).status_code == 200
    assert ada.get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert ada.get(url, HTTP_ACCEPT="application/msgpack").status_code == 200
    assert ada.put(url, {**ada.get(url).json(), "location": "Room 5"}).status_code == 200
    assert ada.patch(url, {"title": "Late"}, HTTP_IF_MATCH=tag).status_code == 412
    assert ada.patch(url, {"end_time": "2026-03-01"}).status_code == 400
    assert ada.patch(url, {"location": "Room 5"}).status_code == 200
    assert grace.get(url).status_code == 404
    assert ada.post("/api/events/batch", {"events": [NEW_EVENT, NEW_EVENT]}).status_code == 201
    assert ada.post("/api/events/batch", {"events": [NEW_EVENT, {}]}).status_code == 400
    assert ada.get("/api/events?page_size=1&tag=team&tag=team").status_code == 200
    assert ada.get("/api/events?page_size=0").status_code == 400
    assert ada.get("/api/events?format=xml").status_code == 406
    assert ada.get("/api/events", HTTP_ACCEPT="image/png").status_code == 406
    assert ada.post("/api/events", "a,b", content_type="text/csv").status_code == 415
    assert ada.delete(url, {"note": "over"}).status_code == 204
    assert ada.get("/api/events?deleted=true").json()["results"][0]["deleted_at"]
    assert ada.post(f"{url}/restore").status_code == 200
    assert ada.delete(f"{url}?purge=true").status_code == 204


def test_versions_do_what_it_says(signed_up):
    ada = signed_up("ada")
    url = f"/api/events/{ada.post('/api/events', NEW_EVENT).json()['id']}"
    ada.patch(url, {"description": "Agenda:\n- the pages", "all_day": False, "tags": []})
    assert ada.get(f"{url}/history").status_code == 200
    assert ada.get(f"{url}/history/1").status_code == 200
    assert ada.get(f"{url}/history/3").status_code == 404
    assert ada.get(f"{url}/changelog").status_code == 200
    assert ada.get(f"{url}/history/verify").json()["valid"]
    HistoricalEvent.objects.update(title="Mine")
    assert not ada.get(f"{url}/history/verify").json()["valid"]
    assert ada.get(f"{url}/blame").status_code == 200
    for accept in ("application/json", "application/json-patch+json", "text/plain"):
        assert ada.get(f"{url}/diff/1/2", HTTP_ACCEPT=accept)["Content-Type"].startswith(accept)
    assert ada.post(f"{url}/rollback/1", {"note": "as it was"}).status_code == 200
    assert ada.post(f"{url}/rollback/1").status_code == 200


def test_change_sets_do_what_it_says(signed_up):
    ada, grace = signed_up("ada"), signed_up("grace")
    created = ada.post("/api/events", NEW_EVENT)
    here = f"/api/events/{created.json()['id']}"
    shared = ada.post(f"{here}/share", {"user": "grace", "role": "editor"})
    moved = grace.patch(here, {"title": "Late"})
    changes = {done: f"/api/changes/{done['X-Change-Set']}" for done in (created, shared, moved)}
    for url in changes.values():
        assert ada.get(url).status_code == grace.get(url).status_code == 200
    ada.patch(here, {"title": "Later"})
    assert grace.post(f"{changes[moved]}/undo").status_code == 409
    assert grace.post(f"{changes[shared]}/undo").status_code == 409
    assert ada.post(f"{changes[shared]}/undo?dry_run=true").status_code == 200
    for _ in range(2):
        assert ada.post(f"{changes[shared]}/undo", {"note": "too early"}).status_code == 200
    assert grace.get(changes[moved]).status_code == 404
    assert ada.post(f"{changes[created]}/undo").status_code == 200


def test_collaboration_does_what_it_says(signed_up):
    ada, grace = signed_up("ada"), signed_up("grace")
    UserFactory(username="alan")
    url = f"/api/events/{ada.post('/api/events', NEW_EVENT).json()['id']}"
    share = f"{url}/share"
    assert ada.post(share, {"user": "grace", "role": "viewer"}).status_code == 201
    assert ada.post(share, {"user": "nobody", "role": "viewer"}).status_code == 400
    assert grace.patch(url, {"title": "Mine"}).status_code == 403
    users = [{"user": "grace", "role": "editor"}, {"user": "alan", "role": "viewer"}]
    assert ada.post(share, {"users": users}).status_code == 200
    rows = ada.get(f"{url}/permissions").json()["results"]
    ids = {row["user"]["username"]: row["user"]["id"] for row in rows}
    assert ada.put(f"{url}/permissions/{ids['alan']}", {"role": "editor"}).status_code == 200
    assert ada.put(f"{url}/permissions/{ids['ada']}", {"role": "viewer"}).status_code == 409
    assert ada.delete(f"{url}/permissions/{ids['alan']}").status_code == 204
    assert ada.delete(f"{url}/permissions/{ids['ada']}").status_code == 409
    assert ada.put(f"{url}/permissions/{ids['grace']}", {"role": "owner"}).status_code == 200
    assert ada.get(f"{url}/changelog").status_code == 200


def test_throttles_answer_what_it_says(signed_up, settings, monkeypatch):
    ada = signed_up("ada")
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "user", "1/hour")
    assert ada.get("/api/auth/me").status_code == 200
    assert ada.get("/api/auth/me").status_code == 429


def test_the_document_itself_takes_no_unknown_parameters(client):
    assert client.get("/api/schema?colour=red").status_code == 400
