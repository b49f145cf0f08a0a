"""The comparison of lines, held against the standard library's and against its own opcodes."""

import difflib
import itertools

import pytest

from events import lines

TEXTS = [
    list(text) for size in range(5) for text in map("".join, itertools.product("ab", repeat=size))
]


def applied(old: list[str], new: list[str]) -> list[str]:
    """`new`, put together from `old` and the opcodes alone; checks that those leave no gap."""
    found, i = [], 0
    for tag, i1, i2, j1, j2 in lines.opcodes(old, new):
        assert (i1, j1) == (i, len(found))
        assert tag == ("equal" if tag == "equal" else kind(i1 < i2, j1 < j2))
        found += old[i1:i2] if tag == "equal" else new[j1:j2]
        i = i2
    assert i == len(old)
    return found


def kind(removed: bool, added: bool) -> str:
    return {(True, False): "delete", (False, True): "insert", (True, True): "replace"}[
        removed, added
    ]


@pytest.mark.parametrize("old", TEXTS, ids="".join)
def test_opcodes_make_the_new_text(old):
    for new in TEXTS:
        assert applied(old, new) == new


@pytest.mark.parametrize("old", TEXTS, ids="".join)
def test_no_shorter_way_exists(old):
    for new in TEXTS:
        opcodes = lines.opcodes(old, new)
        kept = sum(i2 - i1 for tag, i1, i2, _, _ in opcodes if tag == "equal")
        assert kept == longest_common(old, new)


def longest_common(old: list[str], new: list[str]) -> int:
    if not old or not new:
        return 0
    if old[0] == new[0]:
        return 1 + longest_common(old[1:], new[1:])
    return max(longest_common(old[1:], new), longest_common(old, new[1:]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("abcdefghijklmnop", "abcdefghXijklmnop"),
        ("abcdefghijklmnop", "Xbcdefghijklmnop"),
        ("abcdefghijklmnop", ""),
        ("", "a"),
        ("abcdefghijklmnop", "abdefghijklmnoXp"),
        ("a", "a"),
        ("", ""),
    ],
)
def test_a_unified_diff_is_that_of_the_standard_library(old, new):
    ours = lines.unified(list(old), list(new), ("one", "other"))
    theirs = difflib.unified_diff(list(old), list(new), "one", "other", lineterm="")
    assert ours == list(theirs)


def test_where_comparing_would_take_long_the_middle_is_one_change(monkeypatch):
    monkeypatch.setattr(lines, "MAX_WORK", 10)
    old, new = list("headabcdefghtail"), list("headhgfedcbatail")
    assert lines.opcodes(old, new) == [
        ("equal", 0, 4, 0, 4),
        ("replace", 4, 12, 4, 12),
        ("equal", 12, 16, 12, 16),
    ]


def test_the_work_of_many_comparisons_together_has_a_bound():
    old, new = (list(text) for text in ("abcabba" * 40, "cbabac" * 40))
    whole = lines.opcodes(old, new)
    with lines.limited(100_000):
        assert lines.opcodes(old, new) == whole
        for _ in range(20):
            last = lines.opcodes(old, new)
        assert len(last) < len(whole)
        assert lines.opcodes([*"abc", "1", *"xyz"], [*"abc", "2", *"xyz"])[1][0] == "replace"
    assert lines.opcodes(old, new) == whole
