"""Two sides' changes to one content, merged: what goes together, what clashes, what settles it."""

from datetime import UTC, datetime

import pytest

from events import content as contents
from events import lines, merging
from events.merging import Side

NINE, TEN, ELEVEN = (datetime(2030, 5, 1, hour, tzinfo=UTC) for hour in (9, 10, 11))
BASE = {
    **contents.DEFAULTS,
    "title": "Stand-up",
    "start_time": NINE,
    "end_time": TEN,
    "timezone": "UTC",
}


def merged(current: dict, yours: dict, base: dict | None = None, resolve: Side | None = None):
    """What two sets of changed fields come to: what differs from the base, and what clashes."""
    base = {**BASE, **(base or {})}
    found = merging.merge(base, {**base, **current}, {**base, **yours}, resolve)
    changed = contents.differing(base, found.content)
    return {name: found.content[name] for name in changed}, [clash.field for clash in found.clashes]


def merged_field(name: str, base, current, yours, resolve: Side | None = None):
    found = merging.merge(
        {**BASE, name: base}, {**BASE, name: current}, {**BASE, name: yours}, resolve
    )
    return found.content[name], bool(found.clashes)


def test_changes_to_different_fields_go_together():
    current, yours = {"title": "Daily", "tags": ["team"]}, {"location": "Room 2"}
    assert merged(current, yours) == ({**current, **yours}, [])


def test_the_same_change_on_both_sides_is_no_clash():
    same = {"title": "Daily", "start_time": TEN, "end_time": ELEVEN, "exceptions": {"a": None}}
    assert merged(same, same) == (same, [])


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("title", "Daily", "Weekly"),
        ("location", "Room 1", "Room 2"),
        ("status", "tentative", "cancelled"),
    ],
)
def test_a_value_that_both_sides_changed_clashes(name, one, other):
    assert merged({name: one}, {name: other}) == ({name: one}, [name])
    assert merged({name: one}, {name: other}, resolve=Side.THEIRS) == ({name: one}, [name])
    assert merged({name: one}, {name: other}, resolve=Side.MINE) == ({name: other}, [name])


def test_a_clash_says_what_each_side_has():
    found = merging.merge(BASE, {**BASE, "title": "Daily"}, {**BASE, "title": "Weekly"})
    assert [clash.row() for clash in found.clashes] == [
        {"field": "title", "base": "Stand-up", "current": "Daily", "yours": "Weekly"}
    ]


def test_clashes_come_in_the_order_of_the_fields():
    current = {"metadata": {"a": 1}, "start_time": TEN, "title": "Daily", "end_time": ELEVEN}
    yours = {"metadata": {"a": 2}, "timezone": "Europe/Berlin", "title": "Weekly"}
    assert merged(current, yours)[1] == ["title", "start_time", "end_time", "timezone", "metadata"]


@pytest.mark.parametrize(
    ("base", "current", "yours", "expected"),
    [
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
        ("a\nb\nc", "b\nc", "a\nb", "b"),
        ("a\nb\nc", "x\na\nb\nc", "a\nb\nc\ny", "x\na\nb\nc\ny"),  # no newline at the end
        ("a\nb\n", "A\nb\n", "a\nb", "A\nb"),  # and one that goes
        ("a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
        ("a\n \n\nb", "A\n \n\nb", "a\n \n\nB", "A\n \n\nB"),
        (" \n\n\t", "x\n \n\n\t", " \n\n\t\n", "x\n \n\n\t\n"),
        ("a\x0bb\u2028\nc\nd", "A\x0bb\u2028\nc\nd", "a\x0bb\u2028\nc\nD", "A\x0bb\u2028\nc\nD"),
        ("a\nb\nc", "a\nX\nc", "a\nX\nc\nd", "a\nX\nc\nd"),  # one change the same on both sides
    ],
)
def test_descriptions_merge_line_by_line(base, current, yours, expected):
    assert merged_field("description", base, current, yours) == (expected, False)
    assert merged_field("description", base, yours, current) == (expected, False)


@pytest.mark.parametrize(
    ("base", "current", "yours"),
    [
        ("a\nb\nc", "a\nX\nc", "a\nY\nc"),
        ("a\nb\nc", "A\nb\nc", "a\nB\nc"),  # lines side by side: no line between says where
        ("a\nb", "a\nx\nb", "a\nB"),  # a line right before one that the other side changed
        ("a\nb", "a\nx\nb", "a\ny\nb"),  # two lines for one place: no telling which goes first
        ("a\nb\nc", "a\nc", "a\nB\nc"),
        ("a\nb", "", "a\nB"),
        ("", "x", "y"),
        (" ", "\n", ""),
    ],
)
def test_changes_to_the_same_or_the_next_line_clash(base, current, yours):
    assert merged_field("description", base, current, yours) == (current, True)
    assert merged_field("description", base, current, yours, Side.MINE) == (yours, True)
    assert merged_field("description", base, current, yours, Side.THEIRS) == (current, True)


def test_resolving_a_description_keeps_what_does_not_clash():
    base, current, yours = "a\nb\nc\nd\ne", "A\nb\nX\nd\ne", "a\nb\nY\nd\nE"
    assert merged_field("description", base, current, yours) == (current, True)
    assert merged_field("description", base, current, yours, Side.MINE) == ("A\nb\nY\nd\nE", True)
    assert merged_field("description", base, current, yours, Side.THEIRS) == ("A\nb\nX\nd\nE", True)


def test_lines_that_are_much_alike_merge_too():
    """The standard library's comparison finds nothing in common among lines that stand often."""
    base = ["- ", "- milk"] * 200
    current, yours = [*base], [*base]
    current[100] = yours[300] = "- bread"
    both = [*current[:200], *yours[200:]]
    found = merged_field("description", *("\n".join(one) for one in (base, current, yours)))
    assert found == ("\n".join(both), False)


def test_where_comparing_would_take_long_more_clashes_but_nothing_is_lost(monkeypatch):
    base, current, yours = "a\nb\nc\nd\ne", "A\nb\nC\nd\ne", "a\nb\nc\nd\nE"
    assert merged_field("description", base, current, yours) == ("A\nb\nC\nd\nE", False)
    yours = "a\nB\nc\nD\ne"
    monkeypatch.setattr(lines, "MAX_WORK", 1)
    assert merged_field("description", base, current, yours, Side.MINE) == (yours, True)


@pytest.mark.parametrize(
    ("base", "current", "yours", "expected"),
    [
        ("ab", "abc", "abd", "abcd"),
        ("ab", "cab", "dabe", "cabde"),
        ("abc", "bc", "abd", "bd"),
        ("ab", "ba", "abc", "bac"),
        ("abc", "cba", "bca", "cba"),
        ("ab", "ba", "ab", "ba"),
        ("ab", "abcd", "abdc", "abcd"),
        ("ab", "a", "b", ""),
    ],
)
def test_tags_merge_as_a_set_and_never_clash(base, current, yours, expected):
    found = merged_field("tags", list(base), list(current), list(yours))
    assert found == (list(expected), False)


@pytest.mark.parametrize("name", ["metadata", "exceptions"])
@pytest.mark.parametrize(
    ("base", "current", "yours", "expected"),
    [
        ({"a": 1}, {"a": 2}, {"a": 1, "b": 1}, {"a": 2, "b": 1}),
        ({"a": 1, "b": 1}, {"b": 1}, {"a": 1}, {}),
        ({"a": 1, "b": 1}, {"b": 1}, {"a": 1, "b": None}, {"b": None}),
        ({}, {"a": None}, {"b": None}, {"a": None, "b": None}),
        ({"a": 1}, {"a": {"x": 1, "y": 1}}, {"a": {"y": 1, "x": 1}, "b": 1}, None),
    ],
)
def test_objects_merge_key_by_key(name, base, current, yours, expected):
    expected = current | yours if expected is None else expected
    assert merged_field(name, base, current, yours) == (expected, False)
    assert merged_field(name, base, yours, current) == (expected, False)


@pytest.mark.parametrize("name", ["metadata", "exceptions"])
@pytest.mark.parametrize(
    ("base", "current", "yours", "mine", "theirs"),
    [
        ({"a": 1}, {"a": 2, "b": 2}, {"a": 3, "c": 3}, "a3 b2 c3", "a2 b2 c3"),
        ({"a": 1}, {"b": 2}, {"a": 3}, "a3 b2", "b2"),  # removed, or changed
        ({"a": 1}, {"a": 1.0}, {"a": True}, "aTrue", "a1.0"),  # three values in JSON
        ({}, {"a": None}, {"a": 3}, "a3", "aNone"),  # null is a value
        ({"a": 1}, {"a": None}, {"b": 3}, "b3", "aNone b3"),  # and not a removal
    ],
)
def test_a_key_that_both_sides_changed_clashes(name, base, current, yours, mine, theirs):
    def written(side):
        value, clash = merged_field(name, base, current, yours, side)
        assert clash
        return " ".join(f"{key}{value[key]}" for key in sorted(value))

    assert merged_field(name, base, current, yours) == (current, True)
    assert (written(Side.MINE), written(Side.THEIRS)) == (mine, theirs)


def test_the_times_are_one_unit():
    later, longer = {"start_time": TEN, "end_time": ELEVEN}, {"end_time": ELEVEN}
    assert merged(later, {"title": "Daily"}) == ({**later, "title": "Daily"}, [])
    assert merged(later, longer) == (later, ["start_time"])
    assert merged(later, longer, resolve=Side.MINE) == (longer, ["start_time"])
    assert merged(longer, {"recurrence": "FREQ=DAILY"}, resolve=Side.MINE) == (
        {"recurrence": "FREQ=DAILY"},
        ["end_time", "recurrence"],
    )


LATER = {"start_time": TEN, "end_time": ELEVEN}
SKIP, SKIP_LATER = {"2030-05-02T09:00:00Z": None}, {"2030-05-02T10:00:00Z": None}
SKIP_OTHER = {"2030-05-03T09:00:00Z": None}


@pytest.mark.parametrize(
    ("current", "yours", "clashes"),
    [
        (LATER, {"exceptions": SKIP}, ["exceptions"]),
        ({"exceptions": SKIP}, LATER, ["exceptions"]),
        ({**LATER, "exceptions": SKIP_LATER}, {"exceptions": SKIP}, ["exceptions"]),
        (
            {**LATER, "exceptions": SKIP_LATER},
            {"timezone": "Europe/Berlin"},
            ["start_time", "end_time", "timezone", "exceptions"],
        ),
        (LATER, {"timezone": "Europe/Berlin"}, ["start_time", "end_time", "timezone"]),
        ({**LATER, "exceptions": SKIP_LATER}, {"title": "Daily"}, []),
        ({**LATER, "exceptions": SKIP}, {"exceptions": SKIP}, []),
        # Both are about the same occurrences again.
        ({**LATER, "exceptions": SKIP_LATER}, {**LATER, "exceptions": SKIP_OTHER}, []),
    ],
)
def test_exceptions_clash_with_a_change_of_the_other_sides_times(current, yours, clashes):
    assert merged(current, yours)[1] == clashes


@pytest.mark.parametrize("side", [*Side, None])
def test_exceptions_to_changed_times_are_taken_whole_from_one_side(side):
    base, yours = {"exceptions": SKIP}, {"exceptions": {**SKIP, **SKIP_OTHER}}
    current = {**LATER, "exceptions": SKIP_LATER}
    chosen = yours if side is Side.MINE else current
    assert merged(current, yours, base, side) == ({**LATER, **chosen}, ["exceptions"])


def test_a_description_for_which_no_time_is_left_is_a_clash():
    sides = {"description": "A\nb\nc"}, {"description": "a\nb\nC"}
    base = {"description": "a\nb\nc"}
    assert merged(*sides, base=base)[1] == []
    with lines.limited(1):
        lines.spend(1)
        assert merged(*sides, base=base)[1] == ["description"]
