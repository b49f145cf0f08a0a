"""Texts compared word by word."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.words import compared


def shown(before: str, after: str) -> str:
    """`[-gone-]` and `{+come+}`, as other tools write it."""
    return "".join(
        piece.before
        if piece.is_same
        else "".join(
            text.join(marks)
            for text, marks in ((piece.before, ("[-", "-]")), (piece.after, ("{+", "+}")))
            if text
        )
        for piece in compared(before, after)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("same", "same", "same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("Bring the slides.", "Bring your slides.", "Bring [-the-]{+your+} slides."),
        ("Room 12, second floor", "Room 14, second floor", "Room [-12-]{+14+}, second floor"),
        ("one two", "one, two", "one{+,+} two"),
        # A space between two changed words is no island.
        ("red big house", "blue small house", "[-red big-]{+blue small+} house"),
        ("first\nsecond\n", "first\nthird\n", "first\n[-second-]{+third+}\n"),
        ("first\nlast", "first\nmiddle\nlast", "first\n{+middle\n+}last"),
        ("Grüße an alle", "Grüße an Ömer", "Grüße an [-alle-]{+Ömer+}"),
    ],
)
def test_changed_words_are_marked_and_no_others(before, after, expected):
    assert shown(before, after) == expected


TEXTS = st.text("ab ,.\n\r\u2028é", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts_again(before, after):
    pieces = compared(before, after)
    assert "".join(piece.before for piece in pieces) == before
    assert "".join(piece.after for piece in pieces) == after
    assert all(piece.before == piece.after for piece in pieces if piece.is_same)
    kinds = [piece.is_same for piece in pieces]
    assert all(one != other for one, other in pairwise(kinds))


def test_the_longest_texts_take_no_time():
    before, after = "a b " * 5_000, "b c a " * 3_333
    began = time.perf_counter()
    compared(before, after)
    assert time.perf_counter() - began < 5
