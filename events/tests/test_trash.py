"""Away, back, and gone for good."""

import pytest

from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.services.writing import delete_event, purge_event
from events.tests.factories import EventFactory, edit
from events.views.base import EventScopedViewSet


@pytest.fixture
def in_trash(owner, event):
    return delete_event(event.pk, by=owner)


def versions(event) -> list[tuple]:
    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(rows.values_list("version", "action"))


def test_deleting_moves_to_the_trash_as_a_version(api, owner, event, url):
    response = api(owner).delete(url, {"note": "called off"})

    assert (response.status_code, response.content) == (204, b"")
    assert versions(event) == [(1, "created"), (2, "deleted")]
    row = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    assert (row.history_user_id, row.history_change_reason) == (owner.pk, "called off")
    assert response["X-Change-Set"] == str(row.change_set)
    assert row.deleted_at == row.history_date == Event.objects.get(pk=event.pk).deleted_at


@pytest.mark.parametrize("who", ["editor", "viewer"])
@pytest.mark.parametrize("query", ["", "?purge=true"])
def test_only_the_owner_deletes(api, request, event, url, who, query):
    response = api(request.getfixturevalue(who)).delete(url + query)
    assert response.status_code == 403
    assert versions(event) == [(1, "created")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("put", ""),
        ("patch", ""),
        ("delete", ""),
        ("delete", "?purge=false"),
        ("get", "/history"),
        ("get", "/history/1"),
        ("get", "/history/verify"),
        ("post", "/rollback/1"),
        ("get", "/changelog"),
        ("get", "/diff/1/2"),
        ("get", "/blame"),
        ("post", "/share"),
        ("get", "/permissions"),
    ],
)
def test_in_the_trash_an_event_is_404(api, owner, url, in_trash, method, path):
    assert getattr(api(owner), method)(url + path).status_code == 404


def test_in_the_trash_nobody_leaves_or_is_revoked(api, owner, editor, url, in_trash):
    for user in (owner, editor):
        client = api(user)
        assert client.delete(f"{url}/permissions/{editor.pk}").status_code == 404
    assert api(owner).put(f"{url}/permissions/{editor.pk}", {"role": "viewer"}).status_code == 404


def test_in_the_trash_an_event_is_in_nobodys_list(api, owner, editor, in_trash):
    for user in (owner, editor):
        assert api(user).get("/api/events").json()["results"] == []


def test_restoring_brings_all_of_it_back(api, owner, editor, event, url):
    before = api(editor).get(url).json()
    delete_event(event.pk, by=owner)
    response = api(owner).post(f"{url}/restore", {"note": "on again"})

    assert response.status_code == 200
    assert response.json()["version"] == 3
    assert versions(event)[-1] == (3, "restored")
    after = api(editor).get(url).json()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"version", "updated_at"}
    row = HistoricalEvent.objects.of_event(event.pk).get(version=3)
    assert (row.history_change_reason, row.deleted_at) == ("on again", None)


def test_a_live_event_stays_as_it_is(api, owner, event, url):
    response = api(owner).post(f"{url}/restore")
    assert (response.status_code, response.json()["version"]) == (200, 1)
    assert "X-Change-Set" not in response


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 403), ("viewer", 403), ("stranger", 404), ("owner", 200)]
)
@pytest.mark.parametrize("live", [True, False])
def test_only_the_owner_restores(api, request, owner, event, url, who, status, live):
    if not live:
        delete_event(event.pk, by=owner)
    response = api(request.getfixturevalue(who)).post(f"{url}/restore")
    assert response.status_code == status


@pytest.mark.parametrize("live", [True, False])
def test_a_purge_leaves_nothing_of_the_event(api, owner, editor, event, url, live):
    other = EventFactory(by=owner)
    edit(event.pk, by=editor, content={"title": "Review"})
    if not live:
        delete_event(event.pk, by=owner)
    response = api(owner).delete(f"{url}?purge=true")

    assert (response.status_code, response.content) == (204, b"")
    assert list(Event.objects.values_list("pk", flat=True)) == [other.pk]
    assert {row.id for row in HistoricalEvent.objects.all()} == {other.pk}
    for model in (Grant, HistoricalGrant):
        assert set(model.objects.values_list("event_id", flat=True)) == {other.pk}
    assert api(owner).get(url).status_code == 404
    assert api(owner).post(f"{url}/restore").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("viewer", 403), ("stranger", 404)])
def test_only_the_owner_purges_from_the_trash(api, request, url, in_trash, who, status):
    client = api(request.getfixturevalue(who))
    assert client.delete(f"{url}?purge=true").status_code == status
    assert Event.objects.filter(pk=in_trash.pk).exists()


@pytest.mark.parametrize("purge", ["yes", "", "TRUE", "1"])
def test_purge_is_true_or_false(api, owner, event, url, purge):
    assert api(owner).delete(f"{url}?purge={purge}").status_code == 400
    assert versions(event) == [(1, "created")]


@pytest.mark.parametrize("query", ["", "?purge=true"])
def test_a_body_that_is_none_of_ours_deletes_nothing(api, owner, event, url, query):
    client = api(owner)
    assert client.delete(url + query, {"notes": "typo"}).status_code == 400
    assert client.delete(url + query, b"{", content_type="application/json").status_code == 400
    assert versions(event) == [(1, "created")]


def test_a_second_round_makes_further_versions(owner, api, event, url):
    client = api(owner)
    for _ in range(2):
        client.delete(url)
        client.post(f"{url}/restore")
    actions = [action for _, action in versions(event)]
    assert actions == ["created", "deleted", "restored", "deleted", "restored"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/history/1", 200),  # which has come together with the event
        ("get", "/history/verify", 404),
        ("get", "/diff/1/1", 200),
        ("get", "/blame", 404),
        ("post", "/rollback/1", 404),
        ("patch", "", 404),
        ("delete", "", 404),
        ("delete", "?purge=true", 404),
        ("post", "/restore", 404),
        ("get", "/history", 200),
        ("get", "/changelog", 200),
        ("get", "/permissions", 200),
    ],
)
def test_a_purge_in_the_middle_of_a_request_is_no_error(
    api, owner, event, url, monkeypatch, method, path, status
):
    read = EventScopedViewSet.get_object

    def read_and_lose(view):
        found = read(view)
        purge_event(event.pk, by=owner)
        return found

    monkeypatch.setattr(EventScopedViewSet, "get_object", read_and_lose)
    response = getattr(api(owner), method)(url + path)
    assert response.status_code == status
    if "results" in response.content.decode():
        assert response.json()["results"] == []
