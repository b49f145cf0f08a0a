"""Wall-clock times, instants and dates. Pure: values in, values out."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# A margin of two days, so that no zone's wall clock leaves the years that Python knows.
EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, tzinfo=UTC)

RANGE = f"Give a time from {EARLIEST.date()} to {LATEST.date()}."


class OutOfRange(ValueError):
    """An instant outside of the years 1 to 9999."""


# RFC 3339 section 5.6, where the seconds and the offset may be left out. ISO 8601 has much more:
# week dates, 24:00, times without punctuation.
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ](?!24)\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


def parse(text: str) -> datetime | date:
    """A time, with or without an offset, or a plain date. Raises ValueError.

    Fractions go down to microseconds, as far as PostgreSQL keeps them.
    """
    if DATE.fullmatch(text):
        return date.fromisoformat(text)
    if TIME.fullmatch(text):
        return datetime.fromisoformat(text.upper())
    raise ValueError("not a time of RFC 3339")


def to_utc(value: datetime | date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a time with an offset, a wall-clock time in `zone`, or a date.

    A wall-clock time in a gap is read with the offset before the gap, one in a fold is the first of
    the two (RFC 5545 section 3.3.5): what `fold=0` means. A date is its midnight. Raises
    OverflowError at the ends of Python's calendar.
    """
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone, fold=0)
    return value.astimezone(UTC)


def resolve(value: datetime | date, zone: ZoneInfo) -> datetime:
    """The same, for an event: raises OutOfRange where some zone's wall clock would leave the years
    that Python knows.
    """
    try:
        instant = to_utc(value, zone)
    except OverflowError as error:
        raise OutOfRange from error
    if not EARLIEST <= instant <= LATEST:
        raise OutOfRange
    return instant


def is_zone(name: str) -> bool:
    """Whether there are rules for a zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the wall in `zone`."""
    return instant.astimezone(zone).date()


def is_midnight(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether a day starts then in `zone` (at 01:00, where the clocks skip midnight)."""
    return to_utc(local_date(instant, zone), zone) == instant


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC with `Z`, as every answer writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
