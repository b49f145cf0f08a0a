"""Two versions side by side, in four forms."""

import json
import time

import ormsgpack
import pytest

from events import diffing
from events.services.writing import delete_event
from events.tests.factories import EventFactory, edit
from events.tests.patching import patched

JSON_PATCH = {"Accept": "application/json-patch+json"}
TEXT = {"Accept": "text/plain"}

TRICKY = [
    {"a/b": 1, "m~n": 2, "": 3, "~1": 4, "/": 5, "gone": 6},
    {"a/b": 2, "m~n": {"~/": [1]}, "": None, "~1": 5, "new/~": {"": 1}},
    {"a/b": 2.0, "m~n": {"~/": [True]}, "": False, "~1": [], "new/~": {}},
    {},
    {
        "a/b": {"c": {"d": 1}},
        "é": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    },
]


@pytest.fixture
def edited(editor, event):
    """At version 4: each a different change from the one before."""
    for change in (
        {"title": "Review", "tags": ["q2"], "description": "one\ntwo\nthree"},
        {"description": "one\n2\nthree\nfour", "metadata": {"k": {"a": 1, "b": 2}}},
        {"title": "Planning", "metadata": {"k": {"b": 3}}, "end_time": "2026-03-02T11:00:00Z"},
    ):
        edit(event.pk, by=editor, content=in_memory(change))
    return event


def in_memory(change: dict) -> dict:
    from events.times import parse

    return {k: parse(v) if k.endswith("_time") else v for k, v in change.items()}


def diff(client, url: str, one: int, other: int, **headers):
    response = client.get(f"{url}/diff/{one}/{other}", headers=headers)
    assert response.status_code == 200, response.content
    return response


def content_of(client, url: str, version: int) -> dict:
    return client.get(f"{url}/history/{version}").json()["event"]


def test_a_diff_names_both_sides_and_every_change(api, viewer, owner, editor, edited, url):
    client = api(viewer)
    found = diff(client, url, 1, 4).json()
    history = {row["version"]: row for row in client.get(f"{url}/history").json()["results"]}

    assert found["event"] == str(edited.pk)
    for side, version in (("from", 1), ("to", 4)):
        row = history[version]
        assert found[side] == {name: row[name] for name in ("version", "at", "by")}
    assert [change["field"] for change in found["changes"]] == [
        "description",
        "end_time",
        "tags",
        "metadata",
    ]
    assert found["changes"][1] == {
        "field": "end_time",
        "from": "2026-03-02T10:00:00Z",
        "to": "2026-03-02T11:00:00Z",
    }


def test_long_text_is_compared_line_by_line(api, viewer, edited, url):
    changes = diff(api(viewer), url, 2, 3).json()["changes"]
    description = next(change for change in changes if change["field"] == "description")
    assert description == {
        "field": "description",
        "from": "one\ntwo\nthree",
        "to": "one\n2\nthree\nfour",
        "diff": [" one", "-two", "+2", " three", "+four"],
    }


def test_the_other_order_is_the_other_way_round(api, viewer, edited, url):
    client = api(viewer)
    there, back = diff(client, url, 1, 3).json(), diff(client, url, 3, 1).json()
    assert (there["from"], there["to"]) == (back["to"], back["from"])
    turned = [(c["field"], c["to"], c["from"]) for c in back["changes"]]
    assert [(c["field"], c["from"], c["to"]) for c in there["changes"]] == turned


def test_a_version_is_no_different_from_itself(api, viewer, edited, url):
    client = api(viewer)
    assert diff(client, url, 2, 2).json()["changes"] == []
    assert diff(client, url, 2, 2, **JSON_PATCH).json() == []
    assert diff(client, url, 2, 2, **TEXT).content == b""


def test_deleting_is_no_difference_in_content(api, owner, edited, url):
    delete_event(edited.pk, by=owner)
    client = api(owner)
    client.post(f"{url}/restore")
    assert diff(client, url, 4, 6).json()["changes"] == []


@pytest.mark.parametrize("one", [1, 2, 3, 4])
@pytest.mark.parametrize("other", [1, 2, 3, 4])
def test_a_json_patch_turns_one_content_into_the_other(api, viewer, edited, url, one, other):
    client = api(viewer)
    response = diff(client, url, one, other, **JSON_PATCH)
    assert response["Content-Type"] == "application/json-patch+json"
    before, after = (content_of(client, url, version) for version in (one, other))
    assert patched(before, response.json()) == after


@pytest.mark.parametrize("one", range(len(TRICKY)))
@pytest.mark.parametrize("other", range(len(TRICKY)))
def test_a_json_patch_knows_the_keys_that_pointers_escape(one, other):
    rows = [{"field": "metadata", "from": TRICKY[one], "to": TRICKY[other]}]
    found = patched({"metadata": TRICKY[one]}, diffing.json_patch(rows))
    # As text, for Python takes 1, 1.0 and true for one value.
    assert json.dumps(found["metadata"], sort_keys=True) == json.dumps(
        TRICKY[other], sort_keys=True
    )


def test_a_json_patch_touches_only_the_keys_that_changed(api, viewer, edited, url):
    operations = diff(api(viewer), url, 3, 4, **JSON_PATCH).json()
    by_path = {operation["path"]: operation["op"] for operation in operations}
    assert by_path == {
        "/title": "replace",
        "/end_time": "replace",
        "/metadata/k/a": "remove",
        "/metadata/k/b": "replace",
    }


def test_a_json_patch_is_always_written_the_same_way():
    before = dict.fromkeys("zyxwvutsrq", 1)
    operations = diffing.json_patch([{"field": "metadata", "from": before, "to": {}}])
    paths = [operation["path"] for operation in operations]
    assert paths == sorted(paths)


def test_a_unified_diff_reads_like_that_of_diff(api, viewer, edited, url):
    response = diff(api(viewer), url, 2, 3, **TEXT)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().split("\n")
    assert lines[0].startswith("--- version 2\t2")
    assert lines[1].startswith("+++ version 3\t2")
    assert lines[2:] == [
        "@@ -1,5 +1,6 @@",
        " description:",
        "   one",
        "-  two",
        "+  2",
        "   three",
        "-metadata: {}",
        "+  four",
        '+metadata: {"k":{"a":1,"b":2}}',
        "",
    ]


def test_messagepack_says_what_json_says(api, viewer, edited, url):
    client = api(viewer)
    response = diff(client, url, 1, 4, Accept="application/msgpack")
    assert response["Content-Type"] == "application/msgpack"
    assert ormsgpack.unpackb(response.content) == diff(client, url, 1, 4).json()


@pytest.mark.parametrize("path", ["1/9", "9/1", "0/1", "1/x", "1/-1", "1/1.0", f"1/{2**31}"])
@pytest.mark.parametrize("headers", [{}, JSON_PATCH, TEXT])
def test_a_version_that_never_was_is_404_in_every_form(api, viewer, edited, url, path, headers):
    response = api(viewer).get(f"{url}/diff/{path}", headers=headers)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("headers", [{}, JSON_PATCH, TEXT, {"Accept": "application/msgpack"}])
@pytest.mark.parametrize("path", ["", "/diff/1/2", "/history", "/changelog", "/blame"])
def test_options_are_answered_whatever_is_asked_for(api, viewer, edited, url, headers, path):
    response = api(viewer).options(url + path, headers=headers)
    assert response.status_code in (200, 406)


def test_another_form_is_406(api, viewer, edited, url):
    response = api(viewer).get(f"{url}/diff/1/2", headers={"Accept": "image/png"})
    assert response.status_code == 406


# What comparing costs at the worst: no line alike, all alike, or a few that come again and again.
ALIKE = ["same"] * 10_000
FEW_KINDS = [chr(97 + (i * i * 7 + i // 13) % 100) for i in range(9_900)]
WORST = [
    (ALIKE, [*ALIKE[:5_000], "x", *ALIKE[5_000:]]),
    ([""] * 20_000, ["x"] * 10_000),
    (FEW_KINDS, FEW_KINDS[::-1]),
    ([f"a{i}" for i in range(3_000)], [f"b{i}" for i in range(3_000)]),
    (FEW_KINDS[:990], FEW_KINDS[:990:-1][:990]),
    (["a", "b"] * 500, ["b", "c", "a"] * 333),
    (["x"] * 1_000, ["x", "y"] * 500),
]


@pytest.mark.parametrize("case", range(len(WORST)))
def test_the_longest_descriptions_are_compared_in_bounded_time(case):
    before, after = ("\n".join(lines) for lines in WORST[case])
    began = time.process_time()
    lines = diffing.line_diff(before, after)
    text = diffing.unified([{"field": "description", "from": before, "to": after}], ("a", "b"))
    # Some tenths of a second; several times that while coverage is measured. Without a bound it
    # would be minutes.
    assert time.process_time() - began < 6

    old = [line[1:] for line in lines if line[0] in " -"]
    new = [line[1:] for line in lines if line[0] in " +"]
    assert ("\n".join(old), "\n".join(new)) == (before, after)
    assert len(text) < 10 * (len(before) + len(after)) + 200


def test_one_new_line_in_ten_thousand_is_one_line_of_the_diff():
    before = [f"line {number}" for number in range(10_000)]
    after = [*before[:7_000], "new", *before[7_000:]]
    lines = diffing.line_diff("\n".join(before), "\n".join(after))
    assert [line for line in lines if line[0] != " "] == ["+new"]


def test_long_descriptions_are_compared_by_the_api_too(api, owner):
    description = "\n".join("x" * 9_000)
    event = EventFactory(by=owner, description=description)
    client, url = api(owner), f"/api/events/{event.pk}"
    client.patch(url, {"description": f"{description}\ny"})
    (change,) = diff(client, url, 1, 2).json()["changes"]
    assert change["diff"][-1] == "+y"
    assert diff(client, url, 1, 2, **TEXT).content.endswith(b"\n+  y\n")
