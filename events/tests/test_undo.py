"""POST /api/events/{id}/undo/{version} takes one change back, and keeps all that came after it."""

from functools import partial

import pytest

from accounts.tests.bodies import errors_in
from accounts.tests.threads import at_once
from events import content
from events.models import Event, HistoricalEvent
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit, in_memory
from events.times import parse
from neofi.tests.queries import queries
from neofi.tests.refusals import nothing_written, problem_in

TIMES = in_memory({"start_time": "2026-03-02T12:00:00Z", "end_time": "2026-03-02T13:00:00Z"})


@pytest.fixture
def edited(editor, event):
    """At version 3."""
    edit(event.pk, by=editor, content={"title": "Review", "tags": ["a"], "metadata": {"k": 1}})
    edit(event.pk, by=editor, content={"location": "Hut", "description": "one\ntwo\nthree"})
    return event


@pytest.fixture
def brought_back(owner, edited):
    """At version 5: deleted, and restored."""
    delete_event(edited.pk, by=owner)
    return restore_event(edited.pk, by=owner)


def rows(event) -> list[tuple]:
    found = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(found.values_list("version", "action", "source_version"))


def undone(response) -> dict:
    assert response.status_code == 200, response.content
    return response.json()


def test_later_changes_survive(api, editor, edited, url):
    response = api(editor).post(f"{url}/undo/2", {"note": "as agreed"})
    after = undone(response)
    names = ("title", "tags", "metadata", "location", "version")
    assert [after[name] for name in names] == ["Planning", [], {}, "Hut", 4]
    assert "merged_from" not in after
    assert response["ETag"] == api(editor).get(url)["ETag"]

    for path in ("history", "changelog"):
        row = api(editor).get(f"{url}/{path}").json()["results"][0]
        assert (row["action"], row["source_version"], row["merged_from"]) == ("undone", 2, None)
        assert (row["note"], row["by"]["username"]) == ("as agreed", "editor")
        assert row["change_set"] == response["X-Change-Set"]
    assert [change["field"] for change in row["changes"]] == ["title", "tags", "metadata"]
    blame = api(editor).get(f"{url}/blame").json()
    assert [blame[name]["version"] for name in ("title", "location", "status")] == [4, 3, 1]


def test_a_later_change_of_the_same_is_a_conflict(api, editor, edited, url):
    edit(edited.pk, by=editor, content={"title": "Newer", "metadata": {"k": 2}})
    client = api(editor)
    with nothing_written():
        response = client.post(f"{url}/undo/2")
    problem = problem_in(response)
    assert (response.status_code, problem["code"]) == (409, "merge_conflict")
    assert problem["current_version"] == 4
    assert problem["conflicts"] == [
        {"field": "title", "base": "Review", "current": "Newer", "yours": "Planning"},
        {"field": "metadata", "base": {"k": 1}, "current": {"k": 2}, "yours": {}},
    ]
    assert client.get(url).json()["version"] == 4


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ({"description": "ONE\ntwo\nthree"}, {"description": "ONE\ntwo\nTHREE"}, "one\ntwo\nTHREE"),
        ({"tags": ["a", "b"]}, {"tags": ["c", "b", "a"]}, ["c", "a"]),
        ({"metadata": {"k": 2}}, {"metadata": {"k": 2, "n": 0}}, {"k": 1, "n": 0}),
        ({"metadata": {}}, {"metadata": {"n": 0}}, {"n": 0, "k": 1}),
    ],
)
def test_of_two_changes_in_one_field_the_first_is_taken_back(
    api, editor, edited, url, first, second, left
):
    for change in (first, second):
        edit(edited.pk, by=editor, content=change)
    (field,) = first
    assert undone(api(editor).post(f"{url}/undo/4"))[field] == left


def test_a_moved_event_goes_back_whole_or_not_at_all(api, owner, editor, edited, url):
    edit(edited.pk, by=editor, content=TIMES)
    edit(edited.pk, by=editor, content={"title": "Newer"})
    after = undone(api(editor).post(f"{url}/undo/4"))
    assert (after["start_time"], after["title"]) == ("2026-03-02T09:00:00Z", "Newer")
    edit(edited.pk, by=owner, content={"end_time": parse("2026-03-02T14:00:00Z")})
    refused = api(editor).post(f"{url}/undo/6")
    assert [c["field"] for c in problem_in(refused)["conflicts"]] == ["start_time", "end_time"]


def test_what_comes_back_must_go_together_with_the_rest(api, editor, edited, url):
    edit(edited.pk, by=editor, content={"tags": []})
    edit(edited.pk, by=editor, content={"tags": [f"t{n}" for n in range(20)]})
    refused = api(editor).post(f"{url}/undo/4")
    assert (refused.status_code, problem_in(refused)["code"]) == (409, "invalid_merge")
    assert [error["field"] for error in refused.json()["errors"]] == ["tags"]


def test_an_undo_can_be_undone_and_so_can_a_rollback(api, editor, edited, url):
    client = api(editor)
    before = client.get(url).json()
    for path, title in (("undo/2", "Planning"), ("undo/4", "Review"), ("rollback/1", "Planning")):
        assert undone(client.post(f"{url}/{path}"))["title"] == title
    after = undone(client.post(f"{url}/undo/6"))
    assert {name: after[name] for name in content.FIELDS} == {
        name: before[name] for name in content.FIELDS
    }
    undos = [(4, "undone", 2), (5, "undone", 4), (6, "rolled_back", 1), (7, "undone", 6)]
    assert rows(edited)[3:] == undos


def test_what_is_taken_back_already_makes_no_version(api, editor, edited, url):
    client = api(editor)
    first = client.post(f"{url}/undo/2")
    again = client.post(f"{url}/undo/2", {"note": "?"})
    assert undone(again) == undone(first)
    assert again["ETag"] == first["ETag"]
    assert "X-Change-Set" not in again
    assert len(rows(edited)) == 4


@pytest.mark.parametrize(("version", "action"), [(1, "created"), (5, "restored")])
def test_to_undo_that_it_is_there_moves_it_to_the_trash(
    api, owner, brought_back, url, version, action
):
    client = api(owner)
    response = client.post(f"{url}/undo/{version}", {"note": "gone"})
    assert (response.status_code, response.content) == (204, b"")
    row = HistoricalEvent.objects.of_event(brought_back.pk).get(version=6)
    assert (row.action, row.source_version) == ("deleted", version)
    assert (row.history_change_reason, row.history_user_id) == ("gone", owner.pk)
    assert response["X-Change-Set"] == str(row.change_set)
    assert client.get(url).status_code == client.post(f"{url}/undo/{version}").status_code == 404
    (found,) = client.get("/api/events?deleted=true").json()["results"]
    assert (found["version"], found["location"]) == (6, "Hut")
    assert client.post(f"{url}/restore").json()["version"] == 7


def test_a_deletion_is_taken_back_already_where_there_is_an_event(api, owner, brought_back, url):
    response = api(owner).post(f"{url}/undo/4")
    assert undone(response)["version"] == 5
    assert "X-Change-Set" not in response


ROLES = {
    "owner": {1: 204, 2: 200, 4: 200, 5: 204},
    "editor": {1: 403, 2: 200, 4: 403, 5: 403},
    "viewer": {1: 403, 2: 403, 4: 403, 5: 403},
    "stranger": {1: 404, 2: 404, 4: 404, 5: 404},
}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("version", [1, 2, 4, 5])
def test_who_may_undo_what(api, request, brought_back, url, who, version):
    response = api(request.getfixturevalue(who)).post(f"{url}/undo/{version}")
    assert response.status_code == ROLES[who][version]
    written = response.status_code in (200, 204) and version != 4
    assert len(rows(brought_back)) == (6 if written else 5)


@pytest.mark.parametrize("version", ["0", "4", "x", "-1", "02", str(2**31), "9" * 30])
def test_a_version_that_never_was_is_404(api, editor, edited, url, version):
    assert api(editor).post(f"{url}/undo/{version}").status_code == 404


def test_the_versions_of_another_event_are_no_help(api, owner, edited):
    other = EventFactory(by=owner)
    assert api(owner).post(f"/api/events/{other.pk}/undo/2").status_code == 404


def test_an_undo_takes_a_note_and_nothing_else(api, editor, edited, url):
    client = api(editor)
    for sent, refused in (
        ({"note": "n" * 501}, {"note": {"max_length"}}),
        ({"version": 1}, {"version": {"unknown_field"}}),
        ({"base_version": 1}, {"base_version": {"unknown_field"}}),
    ):
        assert errors_in(client.post(f"{url}/undo/2", sent)) == refused
    refused = errors_in(client.post(f"{url}/undo/2?resolve=mine"))
    assert refused == {"resolve": {"unknown_parameter"}}
    assert len(rows(edited)) == 3


def test_an_outdated_tag_comes_before_a_conflict(api, editor, edited, url):
    client = api(editor)
    old = client.get(url)["ETag"]
    edit(edited.pk, by=editor, content={"title": "Newer"})
    refused = client.post(f"{url}/undo/2", headers={"If-Match": old})
    assert (refused.status_code, problem_in(refused)["current_version"]) == (412, 4)
    now = {"If-Match": client.get(url)["ETag"]}
    assert client.post(f"{url}/undo/2", headers=now).status_code == 409
    assert client.post(f"{url}/undo/3", headers=now).status_code == 200


@pytest.mark.parametrize("between", [0, 20])
def test_an_undo_costs_what_a_rollback_does(api, owner, edited, url, between):
    for number in range(between):
        edit(edited.pk, by=owner, content={"status": ("tentative", "confirmed")[number % 2]})
    client = api(owner)
    # session with event; lock; role; the version and the one before; update with version
    with queries(5):
        undone(client.post(f"{url}/undo/2"))


@pytest.mark.django_db(transaction=True)
def test_undos_and_edits_at_once_lose_nothing(api, owner, editor, edited, url):
    one, other = api(owner), api(editor)
    answers = at_once(
        *[partial(one.post, f"{url}/undo/2")] * 3,
        partial(other.post, f"{url}/undo/3"),
        *(partial(other.patch, url, {"metadata": {"k": 1, "n": n}}) for n in range(2)),
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert [answer.status_code for answer in answers[3:]] == [200] * 3
    now = Event.objects.get(pk=edited.pk)
    assert (now.description, now.location) == ("", "")
    assert [version for version, *_ in rows(edited)] == [*range(1, now.version + 1)]
    last = HistoricalEvent.objects.of_event(edited.pk).get(version=now.version)
    assert content.of(now) == last.content


@pytest.mark.django_db(transaction=True)
def test_of_many_who_undo_the_creation_one_does(api, owner, event, url):
    client = api(owner)
    answers = at_once(*[partial(client.post, f"{url}/undo/1")] * 4)
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]
    assert rows(event) == [(1, "created", None), (2, "deleted", 1)]
