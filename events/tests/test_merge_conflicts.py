"""What a merge cannot settle is a 409 that names it, and writes nothing; `resolve` decides."""

import pytest

from accounts.tests.bodies import errors_in
from events.tests.factories import body, edit
from events.tests.merges import LATER, changed, conflicts_in
from neofi.tests.refusals import nothing_written, problem_in

pytestmark = pytest.mark.usefixtures("second_version")


@pytest.mark.parametrize(
    ("theirs", "mine", "fields"),
    [
        ({"title": "Theirs"}, {"title": "Mine"}, ["title"]),
        ({"location": "Hut"}, {"location": ""}, ["location"]),
        ({"status": "tentative"}, {"status": "cancelled"}, ["status"]),
        ({"description": "ONE\ntwo\nthree\nfour"}, {"description": "1"}, ["description"]),
        ({"metadata": {"k": 2}}, {"metadata": {"k": 1.0}}, ["metadata"]),
        ({"metadata": {}}, {"metadata": {"k": None, "n": {"deep": True}}}, ["metadata"]),
        (LATER, {"end_time": "2026-03-02T11:00:00Z"}, ["start_time", "end_time"]),
        (LATER, {"timezone": "Europe/London"}, ["start_time", "end_time", "timezone"]),
        ({"title": "T", "tags": []}, {"title": "M", "tags": ["x"]}, ["title"]),
    ],
)
def test_what_clashes_is_named_and_nothing_is_written(
    api, editor, owner, event, url, theirs, mine, fields
):
    edit(event.pk, by=owner, content=theirs)
    client = api(editor)
    before = client.get(url).json()
    with nothing_written():
        response = client.patch(url, {**mine, "base_version": 2})
    conflicts = conflicts_in(response)
    assert list(conflicts) == fields
    assert problem_in(response)["current_version"] == 3
    base = client.get(f"{url}/history/2").json()["event"]
    for name, (was, current, yours) in conflicts.items():
        assert (was, current) == (base[name], before[name])
        assert yours == mine.get(name, base[name])
    assert client.get(url).json() == before


def test_resolve_settles_what_clashes_and_nothing_else(api, editor, owner, event, url):
    theirs = {"title": "Theirs", "description": "1\ntwo\nthree\nfour", "metadata": {"k": 2}}
    mine = {"title": "Mine", "description": "I\ntwo\nthree\nIV", "base_version": 2}
    edit(event.pk, by=owner, content=theirs)
    kept = changed(api(editor).patch(f"{url}?resolve=theirs", mine))
    assert (kept["title"], kept["description"]) == ("Theirs", "1\ntwo\nthree\nIV")
    taken = changed(api(editor).patch(f"{url}?resolve=mine", mine))
    assert (taken["title"], taken["description"]) == ("Mine", "I\ntwo\nthree\nIV")
    assert (taken["metadata"], taken["version"], taken["merged_from"]) == ({"k": 2}, 5, 2)


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_resolve_without_base_version_is_an_ordinary_write(api, editor, owner, event, url, side):
    edit(event.pk, by=owner, content={"title": "Theirs"})
    after = changed(api(editor).patch(f"{url}?resolve={side}", {"title": "Mine"}))
    assert (after["title"], "merged_from" in after) == ("Mine", False)


@pytest.mark.parametrize("query", ["resolve=yours", "resolve=", "resolve=MINE"])
def test_resolve_takes_mine_or_theirs(api, editor, url, query):
    assert errors_in(api(editor).patch(f"{url}?{query}", {})) == {"resolve": {"invalid"}}
    assert errors_in(api(editor).get(f"{url}?resolve=mine")) == {"resolve": {"unknown_parameter"}}


@pytest.mark.parametrize(
    ("field", "base", "theirs", "mine", "code"),
    [
        ("tags", [], list("abcdefghijk"), list("lmnopqrstuv"), "max_length"),
        ("metadata", {}, {"a": "x" * 9_000}, {"b": "x" * 9_000}, "too_large"),
        ("description", "\n.\n", "x" * 12_000 + "\n.\n", "\n.\n" + "x" * 12_000, "max_length"),
    ],
)
@pytest.mark.parametrize("query", ["", "?resolve=mine", "?resolve=theirs"])
def test_a_merge_that_breaks_a_rule_is_settled_by_nobody(
    api, editor, owner, event, url, field, base, theirs, mine, code, query
):
    edit(event.pk, by=owner, content={field: base})
    edit(event.pk, by=owner, content={field: theirs})
    client = api(editor)
    with nothing_written():
        response = client.patch(url + query, {field: mine, "base_version": 3})
    assert conflicts_in(response, "invalid_merge") == {field: (base, theirs, mine)}
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert client.get(url).json()["version"] == 4


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "min_value"),
        (-1, "min_value"),
        ("1", "wrong_type"),
        (1.0, "wrong_type"),
        (True, "wrong_type"),
        ([1], "wrong_type"),
        (None, "null"),
        (3, "unknown_version"),
        (10**18, "unknown_version"),
    ],
)
@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_base_version_that_never_was_is_a_400(api, editor, url, method, value, code):
    response = getattr(api(editor), method)(url, body(base_version=value))
    assert errors_in(response) == {"base_version": {code}}


def test_nothing_is_merged_into_what_is_only_to_be_created(api, owner):
    answer = api(owner).post("/api/events", body(base_version=1))
    assert errors_in(answer) == {"base_version": {"unknown_field"}}


def test_the_order_of_refusal(api, owner, editor, viewer, stranger, event, url):
    edit(event.pk, by=owner, content={"title": "Theirs"})
    bad, clash = {"title": "Mine", "base_version": 9}, {"title": "Mine", "base_version": 2}
    current, old = {"If-Match": api(editor).get(url)["ETag"]}, {"If-Match": '"2-0"'}
    for who, sent, headers, status in (
        (stranger, bad, old, 404),
        (viewer, bad, old, 403),
        (editor, bad, old, 400),
        (editor, {**clash, "end_time": "2020-01-01T00:00Z"}, old, 400),
        (editor, clash, old, 412),
        (editor, clash, current, 409),
        (editor, {"location": "Hut", "base_version": 2}, current, 200),
    ):
        assert api(who).patch(url, sent, headers=headers).status_code == status
