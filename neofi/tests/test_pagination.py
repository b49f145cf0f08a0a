"""Cursors and keysets, without a list around them."""

from datetime import UTC, datetime
from operator import itemgetter
from uuid import UUID

import pytest
from rest_framework.exceptions import ValidationError

from neofi.pagination import Column, Cursor, Keyset, instant, integer

INSTANT = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC)
BY_TIME = Keyset("time", (Column("at", itemgetter("at"), instant), Column("id", itemgetter("id"))))
BY_NUMBER = Keyset("number", (Column("n", itemgetter("n"), integer),), descending=True)


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize(
    ("keyset", "row", "position"),
    [
        (BY_TIME, {"at": INSTANT, "id": UUID(int=7)}, (INSTANT, UUID(int=7))),
        (BY_NUMBER, {"n": 5}, (5,)),
    ],
)
def test_a_cursor_is_read_back_as_it_was_written(keyset, row, position, backward):
    text = Cursor(keyset.position(row), backward).encode(keyset)
    assert Cursor.decode(text, keyset) == Cursor(position, backward)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def encoded(*values) -> str:
    return Cursor(values[2:], values[1]).encode(Keyset(values[0], ()))


@pytest.mark.parametrize(
    "text",
    [
        encoded("number", False, -1),
        encoded("number", False, 2**31),
        encoded("number", False, True),
        encoded("number", False, 1.0),
        encoded("number", False, "1"),
        encoded("number", False, None),
        encoded("number", False),
        encoded("number", False, 1, 2),
        encoded("number", 0, 1),
        encoded("time", False, 1),
        encoded(None, False, 1),
        "",
        "!",
        "====",
        "bnVsbA",
        "MQ",
        "e30",
        "W10",
        "é",
        "a" * 501,
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(text):
    with pytest.raises(ValidationError) as refused:
        Cursor.decode(text, BY_NUMBER)
    assert refused.value.get_codes() == {"cursor": ["invalid_cursor"]}


@pytest.mark.parametrize("value", ["2026-03-02T09:00:00", "2026-03-02", "x", "", 5, None, []])
def test_an_instant_of_a_cursor_has_an_offset(value):
    with pytest.raises((ValueError, TypeError)):
        instant(value)
