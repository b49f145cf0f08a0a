"""What is kept of a version: one text for each content, read back exactly."""

import json
from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from events import diffing, jsonvalues, snapshots
from events.content import DEFAULTS, FIELDS

CONTENT = {
    **DEFAULTS,
    "title": "Planning",
    "timezone": "Europe/Berlin",
    "start_time": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "end_time": datetime(2026, 3, 2, 10, tzinfo=UTC),
}


def with_(**changes) -> dict:
    """A content as the services have it, its metadata as the database gives it back."""
    content = {**CONTENT, **changes}
    return {**content, "metadata": jsonvalues.as_kept(content["metadata"])}


def in_an_answer(rows: list[dict]) -> bytes:
    return orjson.dumps(rows, option=orjson.OPT_UTC_Z)


def same_to_the_type(one, other) -> bool:
    """`==` takes 1, 1.0 and True for the same."""
    return repr(one) == repr(other)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"metadata": {"n": 1}},
        {"metadata": {"n": 1.0}},
        {"metadata": {"n": True}},
        {"metadata": {"n": 1e16}},
        {"metadata": {"n": 1e300}},
        {"metadata": {"n": 5e-324}},
        {"metadata": {"n": 0.1 + 0.2}},
        {"metadata": {"n": 2**64 - 1}},
        {"metadata": {"n": -(2**63)}},
        {"metadata": {"deep": [[{"": None}], [], {}]}},
        {"start_time": datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC)},
        {"start_time": datetime(1, 1, 3, tzinfo=UTC)},
        {"end_time": datetime(9999, 12, 29, 23, 59, 59, 999_999, tzinfo=UTC)},
        {"title": "Ωραία 🎉 \u2028 e\u0301"},
        {"description": "\r\n\t\\\"'\x7f"},
        {"tags": ["b", "a", "ä"]},
        {"all_day": True},
        {"exceptions": {"2026-03-02T09:00:00Z": None}},
    ],
)
def test_every_value_is_read_back_exactly(changes):
    content = with_(**changes)
    assert same_to_the_type(
        snapshots.read(snapshots.written(content)), {name: content[name] for name in FIELDS}
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"metadata": {"n": 1}}, {"metadata": {"n": 1.0}}),
        ({"metadata": {"n": 1}}, {"metadata": {"n": True}}),
        ({"metadata": {"n": "1"}}, {"metadata": {"n": 1}}),
        ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}),
        ({"title": "e\u0301"}, {"title": "\u00e9"}),
    ],
)
def test_what_is_not_the_same_is_another_text(one, other):
    assert snapshots.written(with_(**one)) != snapshots.written(with_(**other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"metadata": {"a": 1, "b": {"c": 2, "d": 3}}},
            {"metadata": {"b": {"d": 3, "c": 2}, "a": 1}},
        ),
        (
            {"start_time": datetime(2026, 3, 2, 9, tzinfo=UTC)},
            {"start_time": datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(0)))},
        ),
    ],
)
def test_one_content_is_one_text_however_it_is_held(one, other):
    assert snapshots.written(with_(**one)) == snapshots.written(with_(**other))


def test_the_order_of_the_fields_does_not_matter():
    assert snapshots.written(dict(reversed(CONTENT.items()))) == snapshots.written(CONTENT)


def test_keys_are_read_in_the_order_in_which_the_database_has_them():
    metadata = {"b": {"d": 1, "cc": 2}, "aa": 3}
    read = snapshots.read(snapshots.written(with_(metadata=metadata)))
    assert same_to_the_type(read["metadata"], metadata)


def test_what_is_read_is_written_letter_for_letter():
    text = snapshots.written(with_(metadata={"z": 1e16, "a": [1.0, 1]}, description="ä\n"))
    assert snapshots.written(snapshots.read(text)) == text


def test_the_text_is_json_that_everybody_reads():
    """The form of schema 1, which is never written anew: this test is there to stay."""
    assert json.loads(snapshots.written(CONTENT)) == {
        "schema": 1,
        "content": {
            "title": "Planning",
            "description": "",
            "location": "",
            "start_time": "2026-03-02T09:00:00Z",
            "end_time": "2026-03-02T10:00:00Z",
            "timezone": "Europe/Berlin",
            "all_day": False,
            "status": "confirmed",
            "transparency": "opaque",
            "tags": [],
            "metadata": {},
            "recurrence": None,
            "exceptions": {},
        },
    }


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "Review", "all_day": True, "tags": ["b", "a"]},
        {"metadata": {"b": {"d": 1, "cc": 2}, "aa": 3}},
        {"metadata": {"n": 1}},
        {"metadata": {"n": True}},
        {"metadata": {}},
        {"exceptions": {"2026-03-02T09:00:00Z": None}},
        {"start_time": datetime(1, 1, 3, tzinfo=UTC)},
        {"end_time": datetime(2026, 3, 2, 11, 0, 0, 1, tzinfo=UTC)},
    ],
)
def test_what_changed_is_shown_as_if_all_had_been_read(changes):
    one = snapshots.written(with_(metadata={"n": 1.0}))
    other = snapshots.written(with_(**{"metadata": {"n": 1.0}, **changes}))
    for before, after in ((one, other), (other, one), (None, other)):
        kept = before and snapshots.as_json(before), snapshots.as_json(after)
        shown = diffing.changes_as_kept(*kept)
        whole = diffing.changes(before and snapshots.read(before), snapshots.read(after))
        assert in_an_answer(shown) == in_an_answer(whole)


def test_upgrades_are_applied_one_after_the_other(monkeypatch):
    text = snapshots.written(CONTENT)
    monkeypatch.setattr(snapshots, "SCHEMA", 3)
    steps = {
        1: lambda content: {**content, "location": content["title"] + " in Room 1"},
        2: lambda content: {**content, "location": content["location"].upper()},
    }
    monkeypatch.setattr(snapshots, "UPGRADES", steps)
    assert snapshots.read(text)["location"] == "PLANNING IN ROOM 1"
    assert snapshots.read(snapshots.written(CONTENT))["location"] == ""


def test_each_schema_up_to_the_present_one_has_its_upgrade():
    assert set(snapshots.UPGRADES) == set(range(1, snapshots.SCHEMA))
