"""What is asked in a world, by names; each with what it may cost beside another."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from .world import (
    CALENDAR,
    CREATED,
    DAY,
    EDITED,
    HOUR,
    LATELY,
    READER,
    World,
    event_id,
    user_id,
)

LARGE, SMALL = "large", "small"
FLAT, SEARCH, SHARED = 1.3, 3.0, 2.0
A_SECOND = 1000  # milliseconds: what the staff wait for
# The past by what no index of the past has: a known limit, and no part of the bars.
UNBARRED = {"as_of the middle, status", "as_of the middle, window"}
NOBODY = UUID(int=0)
COUNTED_ANEW = "staff: dashboard, counted anew"

# `encode(order, *position)` makes a cursor. That takes Django, which is not set up in each process.
Encode = Callable[..., str]
Call = tuple[str, str, dict[str, Any] | None]


@dataclass(frozen=True)
class Check:
    """That `name` in one world costs at most `bar` times what `base` does in another."""

    name: str
    bar: float
    base: str
    base_world: str = SMALL
    same_answer: bool = False  # as many rows in both
    limit: float = math.inf  # milliseconds that it may take in the large world


def calls(world: World, encode: Encode) -> dict[str, Callable[[], Call]]:
    """Of each name what to send. What an update sends is another each time."""
    return {
        **{name: _got(path) for name, path in _lists(world, encode).items()},
        **{name: _got(path) for name, path in _of_one_event(world, encode).items()},
        **{name: _got(path) for name, path in _of_staff(world).items()},
        COUNTED_ANEW: _counted_anew,
        **_updates(world),
    }


def _lists(world: World, encode: Encode) -> dict[str, str]:
    end = CALENDAR + world.visible * HOUR
    middle = CALENDAR + world.visible // 2 * HOUR
    edits = EDITED + timedelta(days=50)
    ada, reader = "person-1", "person-0"
    return {
        "list": _list(),
        "list, deep": _list(cursor=encode("start_time", middle, NOBODY)),
        "list, from the end": _list(ordering="-start_time"),
        "list by change": _list(ordering="-updated_at"),
        "list by change, deep": _list(
            ordering="-updated_at", cursor=encode("-updated_at", edits, NOBODY)
        ),
        "window, early": _list(from_=CALENDAR + DAY, to=CALENDAR + 2 * DAY),
        "window, deep": _list(from_=middle, to=middle + DAY),
        "window, late": _list(from_=end - 2 * DAY, to=end - DAY),
        "window, to the end": _list(from_=end - 2 * DAY),
        "window, deep in it": _list(
            from_=middle, to=end, cursor=encode("start_time", middle + DAY, NOBODY)
        ),
        "role": _list(role="viewer"),
        "owner": _list(owner=ada),
        "status": _list(status="tentative"),
        "tag": _list(tag="rare"),
        "updated_since": _list(updated_since=LATELY),
        "role of all": _list(role="owner"),
        "owner of all": _list(owner=reader),
        "status of all": _list(status="confirmed"),
        "tag of all": _list(tag="team"),
        "updated_since of all": _list(updated_since=CREATED),
        "search": _list(search="needle"),
        "search for what all have": _list(search="everywhere"),
        "search for nothing": _list(search="nowhere"),
        "as_of lately": _list(as_of=LATELY),
        "as_of the middle": _list(as_of=edits),
        "as_of the middle, deep": _list(as_of=edits, cursor=encode("start_time", middle, NOBODY)),
        "as_of the beginning": _list(as_of=CREATED + timedelta(days=30)),
        "as_of the middle, by change": _list(as_of=edits, ordering="-updated_at"),
        "as_of the middle, tag": _list(as_of=edits, tag="rare"),
        "as_of the middle, search": _list(as_of=edits, search="needle"),
        "as_of the middle, status": _list(as_of=edits, status="tentative"),
        "as_of the middle, window": _list(as_of=edits, from_=middle, to=middle + DAY),
    }


def _of_one_event(world: World, encode: Encode) -> dict[str, str]:
    busy, crowded = f"/api/events/{event_id(world.busy)}", f"/api/events/{event_id(world.crowded)}"
    middle = EDITED + timedelta(days=50)
    half = world.versions // 2
    return {
        "event": busy,
        "changelog": f"{busy}/changelog",
        "changelog, deep": f"{busy}/changelog?cursor={encode('changelog', middle)}",
        "history": f"{busy}/history",
        "blame": f"{busy}/blame",
        "diff": f"{busy}/diff/{half}/{half + 2}",
        "permissions": f"{crowded}/permissions?page_size=5",
    }


def _of_staff(world: World) -> dict[str, str]:
    events, users = "/admin/events/event/", "/admin/accounts/user/"
    busy, crowded = event_id(world.busy), event_id(world.crowded)
    return {
        "staff: events": events,
        "staff: events, deep": f"{events}?p={min(150, world.events // 50 - 2)}",
        "staff: events of a person": f"{events}?owner={user_id(READER)}",
        "staff: events by status": f"{events}?status=tentative",
        "staff: events, search": f"{events}?q=needle",
        "staff: event with 1,000 people": f"{events}{crowded}/change/",
        "staff: history of 10,000 versions": f"{events}{busy}/history/",
        "staff: versions": "/admin/events/historicalevent/",
        "staff: access": "/admin/events/historicalgrant/",
        "staff: users": users,
        "staff: users, search": f"{users}?q=person-1",
        "staff: sessions": "/admin/accounts/session/",
        "staff: failed logins": "/admin/accounts/failedlogin/",
        "staff: dashboard": "/admin/",
    }


def _counted_anew() -> Call:
    from django.core.cache import cache

    cache.clear()
    return "GET", "/admin/", None


def _updates(world: World) -> dict[str, Callable[[], Call]]:
    numbers = count()
    of_many, of_ten = (f"/api/events/{event_id(world.crowded + n)}" for n in (0, 1))

    def retitled(path: str) -> Callable[[], Call]:
        return lambda: ("PATCH", path, {"title": f"New {next(numbers)}"})

    def moved(path: str) -> Callable[[], Call]:
        def call() -> Call:
            start = CALENDAR + next(numbers) * timedelta(minutes=1)
            return "PATCH", path, {"start_time": _text(start), "end_time": _text(start + HOUR)}

        return call

    return {
        "update of ten": retitled(of_ten),
        "update": retitled(of_many),
        "move of ten": moved(of_ten),
        "move": moved(of_many),
    }


def _list(from_: datetime | None = None, **parameters: Any) -> str:
    if from_:
        parameters["from"] = from_
    texts = {n: _text(v) if isinstance(v, datetime) else v for n, v in parameters.items()}
    return f"/api/events?{urlencode(texts)}" if texts else "/api/events"


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _got(path: str) -> Callable[[], Call]:
    return lambda: ("GET", path, None)


def _bar(name: str) -> float:
    if name in UNBARRED:
        return math.inf
    return SEARCH if name.startswith("search") else FLAT


CHECKS = [
    *(
        Check(name, _bar(name), name, same_answer=True)
        for kind in (_lists, _of_one_event)
        for name in kind(World.of(0.01), lambda *position: "")
    ),
    *(
        Check(name, math.inf, name, limit=A_SECOND)
        for name in (*_of_staff(World.of(0.01)), COUNTED_ANEW)
    ),
    Check("update of ten", FLAT, "update of ten"),
    Check("update", SHARED, "update of ten", LARGE),
    Check("move", math.inf, "move of ten", LARGE),
]
