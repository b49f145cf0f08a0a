"""How a conference becomes the content of an event, and nothing is lost.

The title is the name, the tag is the topic, the location is the place, and the event lasts all day
from `startDate` to `endDate`. `metadata` keeps every field that these do not say exactly, so the
conference can always be read back: what the event says itself, overridden by its `metadata` (where
null stands for a field that the conference does not have).

Real rows are broken at times. The event is then valid all the same, and `metadata` has what was
written:

- of a date that is none, the longest beginning that makes sense counts: "2019-06" is June 1st,
  "2018-20-30" is January 1st; a dash of the wrong kind does no harm;
- without a start (or none that can be read) it starts on the day it ends, without any date on
  1970-01-01;
- without an end, or with one before the start, it lasts one day;
- names, places and topics lose the spaces around them and what is beyond the server's limits.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

Conference = dict[str, Any]
Content = dict[str, Any]

DEFAULTS: Content = {
    "title": "",
    "description": "",
    "location": "",
    "start_time": None,
    "end_time": None,
    "timezone": "UTC",
    "all_day": False,
    "status": "confirmed",
    "transparency": "opaque",
    "tags": [],
    "metadata": {},
    "recurrence": None,
    "exceptions": {},
}
UNKNOWN_DAY = date(1970, 1, 1)
ONE_DAY = timedelta(days=1)
# Other years are typing errors, and the ends of the calendar leave no room for the day after.
BEGINNING_OF_DATE = re.compile(r"([12]\d{3})(?:\D(\d{1,2}))?(?:\D(\d{1,2}))?")


def content_of(conference: Mapping[str, Any]) -> Content:
    first, last = days_of(conference)
    topic = trimmed(text(conference, "topic"), 50)
    content = {
        **DEFAULTS,
        "title": trimmed(text(conference, "name"), 200) or "Untitled",
        "description": description_of(conference),
        "location": location_of(conference),
        "start_time": midnight(first),
        "end_time": midnight(last + ONE_DAY),  # the end is exclusive, `endDate` is not
        "all_day": True,
        "tags": [topic] if topic else [],
    }
    said = said_by(content)
    content["metadata"] = {
        field: conference.get(field)
        for field in {**said, **conference}
        if conference.get(field) != said.get(field)
    }
    return content


def said_by(content: Content) -> Conference:
    """The fields of a conference that the event's own fields say."""
    last = date.fromisoformat(content["end_time"][:10]) - ONE_DAY
    return {
        "name": content["title"],
        "topic": content["tags"][0] if content["tags"] else None,
        "startDate": content["start_time"][:10],
        "endDate": last.isoformat(),
    }


def days_of(conference: Mapping[str, Any]) -> tuple[date, date]:
    start = read_day(text(conference, "startDate"))
    end = read_day(text(conference, "endDate"))
    first = start or end or UNKNOWN_DAY
    return first, max(first, end or first)


def read_day(written: str) -> date | None:
    beginning = BEGINNING_OF_DATE.match(written.strip())
    parts = [int(part) for part in beginning.groups() if part] if beginning else []
    while parts:
        try:
            return date(*parts, *[1] * (3 - len(parts)))
        except ValueError:
            parts.pop()
    return None


def midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def location_of(conference: Mapping[str, Any]) -> str:
    places = [trimmed(text(conference, field), 140) for field in ("city", "country")]
    place = ", ".join(filter(None, places))
    return place or ("Online" if conference.get("online") else "")


def description_of(conference: Mapping[str, Any]) -> str:
    lines = {
        "": text(conference, "url"),
        "Call for papers: ": text(conference, "cfpUrl"),
        "Call for papers until: ": text(conference, "cfpEndDate"),
        "Code of conduct: ": text(conference, "cocUrl"),
        "Languages: ": text(conference, "locales"),
    }
    return "\n".join(label + value for label, value in lines.items() if value)


def text(conference: Mapping[str, Any], field: str) -> str:
    value = conference.get(field)
    return value if isinstance(value, str) else ""


def trimmed(value: str, length: int) -> str:
    return value.strip()[:length].strip()
