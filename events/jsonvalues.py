"""JSON values, compared and kept exactly. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson

# From here on, floats are written as 1e16, without a fraction.
FIRST_WITH_EXPONENT = 1e16


def canonical(value: Any) -> bytes:
    """One way to write each value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: `1`, `1.0` and `true` are three values, key order is none."""
    if isinstance(one, (dict, list, int, float)):
        return canonical(one) == canonical(other)
    return one == other


def as_kept(value: Any) -> Any:
    """A JSON value as `jsonb` gives it back, so that what is read is what was answered.

    It keeps a number's digits and not its spelling: 1e17 comes back as the integer that it is, as
    far as integers go (64 bits), and -0.0 as 0.0.
    """
    if isinstance(value, dict):
        return {key: as_kept(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_kept(item) for item in value]
    if isinstance(value, float):
        return _number_as_kept(value)
    return value


def _number_as_kept(number: float) -> float | int:
    if number == 0:
        return 0.0
    if abs(number) < FIRST_WITH_EXPONENT:
        return number
    digits = int(Decimal(repr(number)))
    return digits if -(2**63) <= digits < 2**64 else number


def is_storable(value: Any) -> bool:
    """PostgreSQL's texts hold every character but NUL."""
    return not any("\x00" in text for text in _texts(value))


def _texts(value: Any) -> Iterable[str]:
    """Every key and text in a JSON value (whose depth the parsers bound)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
