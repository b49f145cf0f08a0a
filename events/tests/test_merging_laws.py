"""What holds for every merge, tried on many small contents that two sides edited at random."""

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from events import content as contents
from events import jsonvalues, lines, merging
from events.merging import TIME_UNIT, Side, merge

EIGHT = datetime(2030, 5, 1, 8, tzinfo=UTC)
OBJECTS = ("metadata", "exceptions")
ONE_VALUE = ("title", "location", "status", "transparency")
RESOLVES = st.sampled_from([None, *Side])
SWAPPED = {None: None, Side.MINE: Side.THEIRS, Side.THEIRS: Side.MINE}

# The same examples in every run; small alphabets, so that the sides often meet.
law = settings(derandomize=True, database=None, deadline=None, max_examples=250)


def subsets(names: Sequence[str], sizes: range) -> st.SearchStrategy[frozenset[str]]:
    return st.sampled_from([frozenset(c) for n in sizes for c in combinations(names, n)])


def objects(*values) -> st.SearchStrategy[dict]:
    """Any of the keys a, b and c, each with any of the values."""
    entries = product([[], *([value] for value in values)], repeat=3)
    return st.sampled_from(
        [{key: v for key, found in zip("abc", row, strict=True) for v in found} for row in entries]
    )


FIELDS = {
    "title": st.sampled_from("abcd"),
    "description": st.lists(st.sampled_from(["a", "b", "c", "d\r", ""]), max_size=7).map("\n".join),
    "location": st.sampled_from("abcd"),
    "start_time": st.sampled_from([EIGHT, EIGHT + timedelta(hours=1)]),
    "end_time": st.sampled_from([EIGHT + timedelta(hours=2), EIGHT + timedelta(hours=3)]),
    "timezone": st.sampled_from(["UTC", "Europe/Berlin"]),
    "all_day": st.booleans(),
    "status": st.sampled_from(["confirmed", "tentative", "cancelled"]),
    "transparency": st.sampled_from(["opaque", "transparent"]),
    "tags": st.sampled_from([list(tags) for n in range(4) for tags in permutations("abcd", n)]),
    "metadata": objects(None, 1, 1.0, True, {"a": 1}, {"a": True}),
    "recurrence": st.sampled_from([None, "FREQ=DAILY"]),
    "exceptions": objects(None, {"title": "a"}, {"title": "b"}),
}
CONTENTS = st.fixed_dictionaries(FIELDS)
KEYS = subsets("abc", range(1, 3))
# Of the time unit often nothing, or its exceptions alone, which merge key by key.
TIMES = st.sampled_from([frozenset(), frozenset({"exceptions"})]) | subsets(TIME_UNIT, range(1, 6))
OTHERS = subsets([name for name in FIELDS if name not in TIME_UNIT], range(4, 9))
EDITS = st.sampled_from([[], ["x"], ["y"], ["a"], ["b", "x"]])


@st.composite
def edited_lines(draw, text: str) -> str:
    found = text.split("\n")
    start, size = draw(st.integers(0, len(found))), draw(st.integers(0, 2))
    found[start : start + size] = draw(EDITS)
    return "\n".join(found)


@st.composite
def side_of(draw, base: dict) -> dict:
    """`base` after edits of any of its fields, but half of the time of none in the time unit."""
    other = draw(CONTENTS)
    other["description"] = draw(edited_lines(base["description"]))
    for name in OBJECTS:
        other[name] = mixed(base[name], other[name], draw(KEYS))
    return mixed(base, other, draw(OTHERS) | draw(TIMES))


def mixed(base: dict, other: dict, names: frozenset[str]) -> dict:
    """`base`, with what `other` has, and lacks, of the keys `names`."""
    kept = {key: value for key, value in base.items() if key not in names}
    return kept | {key: value for key, value in other.items() if key in names}


@st.composite
def threes(draw) -> tuple[dict, dict, dict]:
    base = draw(CONTENTS)
    return base, draw(side_of(base)), draw(side_of(base))


def same(one: dict, other: dict, names=contents.FIELDS) -> bool:
    """Equality, where the order of tags is none."""
    tags = "tags" not in names or set(one["tags"]) == set(other["tags"])
    return tags and not set(contents.differing(one, other)) & set(names) - {"tags"}


def unit(content: dict) -> dict:
    return {name: content[name] for name in TIME_UNIT}


def clashing(found: merging.Merged) -> set[str]:
    return {clash.field for clash in found.clashes}


def assert_is(found: merging.Merged, side: dict):
    """Without clashes, and exactly: the order of tags too, and `1` is not `true`."""
    assert jsonvalues.same(found.content, side)
    assert found.clashes == ()


@law
@given(threes(), RESOLVES)
def test_an_unchanged_side_leaves_the_other_as_it_is(three, resolve):
    base, side, _ = three
    assert_is(merge(base, base, side, resolve), side)
    assert_is(merge(base, side, base, resolve), side)


@law
@given(threes(), RESOLVES)
def test_the_same_change_on_both_sides_is_that_change(three, resolve):
    base, side, _ = three
    assert_is(merge(base, side, deepcopy(side), resolve), side)


@law
@given(threes(), RESOLVES)
def test_nothing_appears_that_nobody_had(three, resolve):
    content = merge(*three, resolve).content
    assert tuple(content) == contents.FIELDS
    assert any(jsonvalues.same(unit(content), unit(one)) for one in three)
    for name in ONE_VALUE:
        assert content[name] in [one[name] for one in three]
    for name in OBJECTS:
        for key, value in content[name].items():
            assert any(key in one[name] and jsonvalues.same(value, one[name][key]) for one in three)
    assert set(content["tags"]) <= {tag for one in three for tag in one["tags"]}
    assert len(content["tags"]) == len(set(content["tags"]))
    known = {line for one in three for line in one["description"].split("\n")}
    assert set(content["description"].split("\n")) <= known


@law
@given(threes(), RESOLVES)
def test_the_sides_count_alike(three, resolve):
    base, current, yours = three
    found, turned = merge(*three, resolve), merge(base, yours, current, SWAPPED[resolve])
    assert [(c.field, c.base, c.current, c.yours) for c in found.clashes] == [
        (c.field, c.base, c.yours, c.current) for c in turned.clashes
    ]
    # What nothing resolves stays as the current side has it, which is another after the swap.
    open_ = clashing(found) if resolve is None else set()
    open_ |= set(TIME_UNIT) if open_ & set(TIME_UNIT) else set()
    assert same(found.content, turned.content, set(contents.FIELDS) - open_)


@law
@given(threes(), RESOLVES)
def test_only_a_clash_loses_a_change_and_only_that_of_the_side_it_went_against(three, resolve):
    base, current, yours = three
    found = merge(*three, resolve)
    winner = resolve or Side.THEIRS  # what stands as long as nothing is resolved
    for side, content in ((Side.THEIRS, current), (Side.MINE, yours)):
        lost = set() if side is winner else clashing(found)
        assert_kept(base, content, found.content, but=lost)


def assert_kept(base: dict, side: dict, content: dict, but: set[str]):
    """Each change from `base` to `side` shows in `content`."""
    changed = set(contents.differing(base, side)) - but
    if changed & set(TIME_UNIT) and not but & set(TIME_UNIT):
        assert same(side, content, TIME_UNIT)
    for name in changed & set(ONE_VALUE):
        assert content[name] == side[name]
    for name in changed & set(OBJECTS):
        for key in base[name].keys() | side[name].keys():
            was, now, result = (entry(one[name], key) for one in (base, side, content))
            assert jsonvalues.same(was, now) or jsonvalues.same(result, now)
    if "tags" in changed:
        old, new, tags = set(base["tags"]), set(side["tags"]), set(content["tags"])
        assert new - old <= tags
        assert not (old - new) & tags
    if "description" in changed:
        texts = (one["description"].split("\n") for one in (base, side, content))
        assert_added_lines_kept(*texts)


def entry(value: dict, key: str) -> list:
    return [value[key]] if key in value else []


def assert_added_lines_kept(base: list[str], side: list[str], merged: list[str]):
    """All that the shortest way from `base` to `side` adds is there, in that order."""
    rest = iter(merged)
    for tag, _, _, start, stop in lines.opcodes(base, side):
        assert tag == "equal" or all(line in rest for line in side[start:stop])


@st.composite
def edits_of_distinct_lines(draw) -> tuple[list[str], list[str], list[str]]:
    """Lines that are one of a kind, so that it can be told which one was deleted."""
    base = [str(n) for n in range(draw(st.integers(1, 8)))]

    def side() -> list[str]:
        edits = {
            line: draw(st.sampled_from([[line]] * 8 + [[], ["x"], ["y", line]])) for line in base
        }
        return [line for kept in edits.values() for line in kept] or [""]

    return base, side(), side()


@law
@given(edits_of_distinct_lines())
def test_without_a_clash_a_line_of_the_base_stays_where_both_sides_kept_it(texts):
    base, current, yours = texts
    untouched = dict.fromkeys(contents.FIELDS)
    found = merge(*({**untouched, "description": "\n".join(text)} for text in texts))
    merged = found.content["description"].split("\n")
    if not found.clashes:
        assert [n for n in merged if n in base] == [n for n in base if n in current and n in yours]
        assert set(merged) - set(base) == {*current, *yours} - set(base)


@law
@given(threes())
def test_resolving_touches_only_what_clashes(three):
    found = merge(*three)
    for side in Side:
        settled = merge(*three, side)
        assert settled.clashes == found.clashes
        assert set(contents.differing(found.content, settled.content)) <= clashing(found)
        for key in "abc":
            was, one, other, now = (
                entry(content["metadata"], key) for content in (*three, settled.content)
            )
            assert jsonvalues.same(now, other) or not jsonvalues.same(was, one)
            assert jsonvalues.same(now, one) or not jsonvalues.same(was, other)


def cases(base: dict, current: dict, yours: dict) -> list[tuple[str, str]]:
    """How the sides meet in each field, so that no law holds for want of examples."""
    ones = [{**one, "unit": unit(one)} for one in (base, current, yours)]
    found = merge(base, current, yours)
    clashes = clashing(found) | ({"unit"} if clashing(found) & set(TIME_UNIT) else set())
    meetings = []
    for name in (*ONE_VALUE, "description", "tags", *OBJECTS, "unit"):
        was, one, other = (content[name] for content in ones)
        changed = (not jsonvalues.same(was, one), not jsonvalues.same(was, other))
        both = "same" if jsonvalues.same(one, other) else "clash" if name in clashes else "merged"
        way = {(0, 0): "neither", (1, 0): "current", (0, 1): "yours", (1, 1): both}[changed]
        crossed = name in clashes and not all(changed)
        meetings.append((name, "crossed" if crossed else way))
    return meetings


def test_the_examples_have_every_case_often():
    seen = Counter()

    @law
    @given(threes())
    def count(three):
        seen.update(cases(*three))

    count()
    ways = {name: {"same", "clash"} for name in (*ONE_VALUE, "unit")}
    ways["transparency"] = {"same"}  # of two values there is but one to change to
    ways |= {name: {"same", "clash", "merged"} for name in ("description", *OBJECTS)}
    ways["tags"] = {"same", "merged"}
    ways["exceptions"] |= {"crossed"}
    expected = {(n, w) for n in ways for w in ways[n] | {"neither", "current", "yours"}}
    assert {case: seen[case] for case in expected if seen[case] < 5} == {}
    assert set(seen) <= expected
