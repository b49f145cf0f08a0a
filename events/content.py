"""The content of an event: what versions, diffs and rollback are about.

Pure: content is a plain dict with the keys of FIELDS; instants are aware datetimes in UTC, the rest
are JSON values. Nothing here knows of Django or of our models.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from events import jsonvalues, times

Content = dict[str, Any]
Fault = tuple[str, str]  # code and sentence
Errors = dict[str, Fault]

MAX_TITLE = 200
MAX_DESCRIPTION = 20_000
MAX_LOCATION = 300
MAX_TAGS = 20
MAX_TAG = 50
MAX_METADATA_BYTES = 16 * 1024
# For doors without a serializer; PostgreSQL would cut a tag without a word.
MAX_LENGTHS = {"title": MAX_TITLE, "description": MAX_DESCRIPTION, "location": MAX_LOCATION}

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
TIMES = ("start_time", "end_time")
OBJECTS = ("metadata", "exceptions")
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

    def __init__(self, errors: Errors):
        super().__init__(errors)
        self.errors = errors


def of(row: Any) -> Content:
    """The content of anything that has its attributes: an event or a version."""
    return {name: getattr(row, name) for name in FIELDS}


def differing(one: Content, other: Content) -> list[str]:
    """The fields in which two contents differ, in the order of FIELDS."""
    return [name for name in FIELDS if not jsonvalues.same(one[name], other[name])]


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
    errors = _value_errors(content)
    if "timezone" not in errors:
        if previous and previous["all_day"] and content["all_day"]:
            content |= _same_dates(content, previous)
        errors |= _read_times(content)
    if errors:
        raise Invalid(errors)
    content["metadata"] = jsonvalues.as_kept(content["metadata"])
    return {name: content[name] for name in FIELDS}


def _same_dates(content: Content, previous: Content) -> dict[str, date]:
    """The dates of the times that have not changed, to be read in what may be another zone."""
    zone = ZoneInfo(previous["timezone"])
    return {
        name: times.local_date(previous[name], zone)
        for name in TIMES
        if content[name] == previous[name]
    }


def _read_times(content: Content) -> Errors:
    """Make instants of the times, in place."""
    zone = ZoneInfo(content["timezone"])
    errors: Errors = {}
    for name in TIMES:
        if not (content["all_day"] or isinstance(content[name], datetime)):
            errors[name] = ("invalid", "A date without a time is for all-day events.")
            continue
        try:
            content[name] = times.resolve(content[name], zone)
        except times.OutOfRange:
            errors[name] = ("out_of_range", times.RANGE)
    return errors or _span_errors(content, zone)


def _span_errors(content: Content, zone: ZoneInfo) -> Errors:
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


def _value_errors(content: Content) -> Errors:
    errors: Errors = {
        name: ("max_length", f"This may have up to {most} characters.")
        for name, most in MAX_LENGTHS.items()
        if len(content[name]) > most
    }
    if not content["title"].strip():
        errors["title"] = ("blank", "An event must have a title.")
    if not times.is_zone(content["timezone"]):
        errors["timezone"] = ("unknown_timezone", "Give an IANA time zone, such as Europe/Berlin.")
    if content["recurrence"] is not None:
        errors["recurrence"] = ("not_supported", "Events do not recur yet: send null.")
    if content["exceptions"] != {}:
        errors["exceptions"] = ("not_supported", "Events do not recur yet: send {}.")
    found = {
        "tags": _fault_of_tags(content["tags"]),
        "metadata": _fault_of_metadata(content["metadata"]),
    }
    return errors | {name: fault for name, fault in found.items() if fault}


def _fault_of_tags(tags: list[str]) -> Fault | None:
    if not all(tags):
        return "blank", "A tag may not be empty."
    if any(len(tag) > MAX_TAG for tag in tags):
        return "max_length", f"A tag may have up to {MAX_TAG} characters."
    if len(tags) > MAX_TAGS:
        return "max_length", f"An event has up to {MAX_TAGS} tags."
    if len(set(tags)) < len(tags):
        return "doubled", "Each tag may stand once."
    return None


def _fault_of_metadata(metadata: Any) -> Fault | None:
    if not isinstance(metadata, dict):
        return "wrong_type", "This must be an object."
    if not jsonvalues.is_writable(metadata):
        return "invalid", "Numbers must be finite and fit 64 bits, and texts be valid Unicode."
    if len(jsonvalues.canonical(metadata)) > MAX_METADATA_BYTES:
        return "too_large", "Metadata may have up to 16 KB, written as JSON."
    if jsonvalues.has_nul(metadata):
        return "null_characters", "Texts may not hold the NUL character."
    return None
