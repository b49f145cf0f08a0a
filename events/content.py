"""The content of an event: what versions, diffs and rollback are about.

Pure: content is a plain dict with the keys of FIELDS; instants are aware datetimes in UTC, the rest
are JSON values. Nothing here knows of Django or of our models.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from events import times

Content = dict[str, Any]

MAX_TITLE = 200
MAX_DESCRIPTION = 20_000
MAX_LOCATION = 300
MAX_TAGS = 20
MAX_TAG = 50
MAX_METADATA_BYTES = 16 * 1024
# From here on, floats are written as 1e16, without a fraction.
FIRST_WITH_EXPONENT = 1e16

# In the order in which answers and diffs name them.
FIELDS = (
    "title",
    "description",
    "location",
    "start_time",
    "end_time",
    "timezone",
    "all_day",
    "status",
    "transparency",
    "tags",
    "metadata",
    "recurrence",
    "exceptions",
)
# The fields that may be left out. `timezone` is not here: its default is the user's own.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "description": "",
        "location": "",
        "all_day": False,
        "status": "confirmed",
        "transparency": "opaque",
        "tags": [],
        "metadata": {},
        "recurrence": None,
        "exceptions": {},
    }
)


class Invalid(ValueError):
    """Content that must not be; `errors` maps a field to (code, sentence)."""

    def __init__(self, errors: dict[str, tuple[str, str]]):
        super().__init__(errors)
        self.errors = errors


def of(row: Any) -> Content:
    """The content of anything that has its attributes: an event or a version."""
    return {name: getattr(row, name) for name in FIELDS}


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: `1`, `1.0` and `true` are three values, key order is none."""
    if isinstance(one, (dict, list, int, float)):
        return _canonical(one) == _canonical(other)
    return one == other


def _canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def differing(one: Content, other: Content) -> list[str]:
    """The fields in which two contents differ, in the order of FIELDS."""
    return [name for name in FIELDS if not same(one[name], other[name])]


def replaced(current: Content, given: Mapping[str, Any]) -> Content:
    """What PUT means: fields left out go to their defaults, but `timezone` stays."""
    return compose({**DEFAULTS, "timezone": current["timezone"]}, given, previous=current)


def patched(current: Content, given: Mapping[str, Any]) -> Content:
    """What PATCH means: only the fields that are given change."""
    return compose(current, given, previous=current)


def created(given: Mapping[str, Any], timezone: str) -> Content:
    """What POST means; `timezone` is for an event that names none."""
    return compose({**DEFAULTS, "timezone": timezone}, given)


def compose(
    base: Mapping[str, Any], given: Mapping[str, Any], previous: Content | None = None
) -> Content:
    """`given` laid over `base`, with its times read in the event's zone, and checked.

    Times in `given` may be aware or naive datetimes or dates. A change of zone alone keeps the
    instants of a timed event, and the dates of an all-day one (also where the old instants are
    given again, as in GET -> change -> PUT). Raises Invalid.
    """
    content = {**base, **given}
    content["metadata"] = _as_kept(content["metadata"])
    zone = ZoneInfo(content["timezone"])
    errors: dict[str, tuple[str, str]] = {}
    for name in ("start_time", "end_time"):
        value = content[name]
        all_day = previous and previous["all_day"] and content["all_day"]
        if all_day and value == previous[name]:
            value = times.local_date(value, ZoneInfo(previous["timezone"]))
        if not isinstance(value, datetime) and not content["all_day"]:
            errors[name] = ("invalid", "A date without a time is for all-day events.")
            continue
        try:
            content[name] = times.resolve(value, zone)
        except times.OutOfRange:
            errors[name] = ("out_of_range", "Give a time between the years 1 and 9999.")
    errors |= _span_errors(content, zone) if not errors else {}
    errors |= _value_errors(content)
    if errors:
        raise Invalid(errors)
    return {name: content[name] for name in FIELDS}


def _span_errors(content: Content, zone: ZoneInfo) -> dict[str, tuple[str, str]]:
    start, end = content["start_time"], content["end_time"]
    errors = {}
    if content["all_day"]:
        message = f"An all-day event starts and ends at midnight in its timezone ({zone.key})."
        for name, value in (("start_time", start), ("end_time", end)):
            if not times.is_midnight(value, zone):
                errors[name] = ("not_midnight", message)
    if end <= start:
        errors["end_time"] = ("not_after_start", "An event must end after it starts.")
    return errors


def _value_errors(content: Content) -> dict[str, tuple[str, str]]:
    errors = {}
    if len(set(content["tags"])) < len(content["tags"]):
        errors["tags"] = ("doubled", "Each tag may stand once.")
    if len(_canonical(content["metadata"])) > MAX_METADATA_BYTES:
        errors["metadata"] = ("too_large", "Metadata may have up to 16 KB, written as JSON.")
    elif not all(_storable(text) for text in _texts(content["metadata"])):
        errors["metadata"] = ("null_characters", "Texts may not hold the NUL character.")
    if content["recurrence"] is not None:
        errors["recurrence"] = ("not_supported", "Events do not recur yet: send null.")
    if content["exceptions"]:
        errors["exceptions"] = ("not_supported", "Events do not recur yet: send {}.")
    return errors


def _as_kept(value: Any) -> Any:
    """A JSON value as `jsonb` gives it back, so that what is read is what was answered.

    It keeps a number's digits and not its spelling: 1e17 comes back as the integer that it is, as
    far as integers go (64 bits), and -0.0 as 0.0.
    """
    if isinstance(value, dict):
        return {key: _as_kept(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_kept(item) for item in value]
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


def _storable(text: str) -> bool:
    """PostgreSQL's texts hold every character but NUL."""
    return "\x00" not in text


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


def parse_time(text: str) -> datetime | date:
    """A time as RFC 3339 writes it, with or without offset, or a plain date. Raises ValueError."""
    if len(text) == 10:
        return date.fromisoformat(text) if text[4] + text[7] == "--" else _not_a_time()
    # RFC 3339 is the subset of ISO 8601 with all its punctuation: no 20260101T090000, no week days.
    if len(text) < 16 or text[4] + text[7] + text[13] != "--:" or text[10] not in "Tt ":
        _not_a_time()
    # What Python takes besides: ISO's other midnight (from 3.14 on), and anything behind Z and NUL.
    if text[11:13] == "24" or "\0" in text:
        _not_a_time()
    return datetime.fromisoformat(text.upper())


def _not_a_time():
    raise ValueError("not a time of RFC 3339")
