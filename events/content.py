"""The content of an event: what versions, diffs and rollback are about.

Pure: content is a plain dict with the keys of FIELDS; instants are aware datetimes in UTC, the rest
are JSON values. Nothing here knows of Django or of our models.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
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
    if isinstance(one, (dict, list)):
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
    instants of a timed event, and the dates of an all-day one. Raises Invalid.
    """
    content = {**base, **given}
    zone = ZoneInfo(content["timezone"])
    errors: dict[str, tuple[str, str]] = {}
    for name in ("start_time", "end_time"):
        value = content[name]
        if name not in given and previous and previous["all_day"] and content["all_day"]:
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
        return date.fromisoformat(text) if text[4] == "-" else _not_a_time()
    # RFC 3339 is the subset of ISO 8601 with all its punctuation: no 20260101T090000, no week days.
    if len(text) < 16 or text[4] + text[7] + text[13] != "--:" or text[10] not in "Tt ":
        _not_a_time()
    return datetime.fromisoformat(text.upper())


def _not_a_time():
    raise ValueError("not a time of RFC 3339")
