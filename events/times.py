"""Wall-clock times, instants and dates. Pure: values in, values out."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

# A margin of two days, so that no zone's wall clock leaves the years that Python knows.
EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, tzinfo=UTC)


class OutOfRange(ValueError):
    """An instant outside of the years 1 to 9999."""


def parse(text: str) -> datetime | date:
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


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the wall in `zone`."""
    return instant.astimezone(zone).date()


def is_midnight(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether a day starts then in `zone` (at 01:00, where the clocks skip midnight)."""
    return resolve(local_date(instant, zone), zone) == instant


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC with `Z`, as every answer writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
