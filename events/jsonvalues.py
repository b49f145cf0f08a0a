"""JSON values, compared and kept exactly. Pure."""

import math
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
    is_text = isinstance(one, str)  # most values are
    if is_text or one is other or one != other or not isinstance(one, (dict, list, int, float)):
        return one == other
    # Equal to Python, to which 1, 1.0 and True are, on the outside and within.
    is_empty = not one and isinstance(one, (dict, list))
    return type(one) is type(other) and (is_empty or canonical(one) == canonical(other))


def as_kept(value: Any) -> Any:
    """A JSON value as `jsonb` gives it back, so that what is read is what was answered.

    It keeps a number's digits and not its spelling: 1e17 comes back as the integer that it is, as
    far as integers go (64 bits), and -0.0 as 0.0. Shorter keys come first.
    """
    if isinstance(value, dict):
        return {key: as_kept(value[key]) for key in sorted(value, key=_rank_of_key)}
    if isinstance(value, list):
        return [as_kept(item) for item in value]
    if isinstance(value, float):
        return _number_as_kept(value)
    return value


def _rank_of_key(key: str) -> tuple[int, bytes]:
    written = key.encode()
    return len(written), written


def _number_as_kept(number: float) -> float | int:
    if number == 0:
        return 0.0
    if abs(number) < FIRST_WITH_EXPONENT:
        return number
    digits = int(Decimal(repr(number)))
    return digits if -(2**63) <= digits < 2**64 else number


def is_writable(value: Any) -> bool:
    """Whether JSON can say it: not NaN, infinity, numbers beyond 64 bits or lone surrogates.

    The parsers let none of these in; a form of the admin might.
    """
    try:
        canonical(value)
    except TypeError:
        return False
    return all(math.isfinite(leaf) for leaf in _leaves(value) if isinstance(leaf, float))


def has_nul(value: Any) -> bool:
    """PostgreSQL's texts hold every character but this one."""
    return any("\x00" in leaf for leaf in _leaves(value) if isinstance(leaf, str))


def _leaves(value: Any) -> Iterable[Any]:
    """Every key and every value that holds no others (the parsers bound the depth)."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
