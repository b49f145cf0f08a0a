"""What is asked for under load, of both servers or of ours alone."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .requests import BASE, NUMBER, Item, Load, drawn
from .targets import (
    CREATOR,
    EVENTS,
    HISTORIAN,
    MERGER,
    PAGE,
    READER,
    ROLLER,
    VERSIONS,
    WRITER,
    Ours,
    Target,
    numbered,
)

MANY = 500  # events among which one is drawn, if there are as many
LOGINS = (
    4  # clients at a time: more would only wait for each other, for a hash takes long by design
)


@dataclass(frozen=True)
class Scenario:
    name: str
    load: Callable[[Any], Load]
    right: Callable[[Any], bool]  # whether the body of an answer is what was asked for
    status: int = 200
    ours_only: bool = False
    connections: int = 0  # 0: as many as the command line says
    seconds: int = 0  # at least
    writer: int | None = None  # whose events each request gives one more version
    beside: Callable[[Any], Load] | None = None  # what other clients ask for at the same time


def one(target: Target) -> Load:
    events = sample(target.events[READER])
    return drawn(*(target.request(READER, "GET", f"/api/events/{event}") for event in events))


def page(target: Target) -> Load:
    return drawn(target.request(READER, "GET", f"/api/events?page_size={PAGE}"))


def deep_page(target: Target) -> Load:
    return drawn(target.request(READER, "GET", target.deep_page))


def changelog(target: Target) -> Load:
    event = target.events[HISTORIAN][0]
    path = f"/api/events/{event}/changelog?page_size=100"
    return drawn(target.request(HISTORIAN, "GET", path))


def diff(target: Target) -> Load:
    dice, event = random.Random(1), target.events[HISTORIAN][0]
    pairs = [dice.sample(range(1, VERSIONS + 1), 2) for _ in range(200)]
    paths = [f"/api/events/{event}/diff/{first}/{second}" for first, second in pairs]
    return drawn(*(target.request(HISTORIAN, "GET", path) for path in paths))


def create(target: Target) -> Load:
    bodies = [numbered(EVENTS + number) for number in range(200)]
    return drawn(*(target.request(CREATOR, "POST", "/api/events", body) for body in bodies))


def update(target: Target) -> Load:
    """With a title that is new each time: what changes nothing would write nothing."""
    requests = [
        target.request(WRITER, "PUT", f"/api/events/{event}", numbered(number))
        for number, event in enumerate(sample(target.events[WRITER]))
    ]
    return drawn(*requests)


def unchanged(target: Ours) -> Load:
    """What a client asks that has the event already."""
    requests = [item.next for item in one(target).items]
    tagged = [
        replace(request, headers=request.headers | {"If-None-Match": target.etag(request)})
        for request in requests
    ]
    return drawn(*tagged)


def logins(target: Ours) -> Load:
    return drawn(*(target.login_request(person) for person in range(len(target.people))))


def rollback(target: Ours) -> Load:
    """To what version 2 was and to what version 1 was, in turn: a rollback to the present state
    would write nothing."""
    return in_turn(target, ROLLER, "POST", [("/rollback/2", None), ("/rollback/1", None)])


def merge(target: Ours) -> Load:
    """From the version before the current one. That one changed the title where this request
    changes the location, or the other way round, so that both are kept."""
    change, base = f"Merged {NUMBER.decode()}", {"base_version": BASE.decode()}
    bodies = [{"title": change} | base, {"location": change} | base]
    load = in_turn(target, MERGER, "PATCH", [("", body) for body in bodies])
    return replace(load, expect='"merged_from":%s*%d')


def in_turn(
    target: Target, person: int, method: str, asked: Sequence[tuple[str, dict | None]]
) -> Load:
    """Each request of each of somebody's events: that of the number n % len makes a version n.

    By the time that an event has its next turn, the request before is over, for so many are not
    under way at once. So its version is known.
    """
    items = []
    for event, version in target.versions(person).items():
        path = f"/api/events/{event}"
        requests = [target.request(person, method, path + more, body) for more, body in asked]
        items.append(Item(tuple(requests), version))
    return Load(items, in_turn=True)


def sample(events: list[str]) -> list[str]:
    return random.Random(2).sample(events, min(MANY, len(events)))


def is_event(body: Any) -> bool:
    return bool(body["id"] and body["title"])


def is_login(body: Any) -> bool:
    return bool(body["access"])


def has_rows(count: int) -> Callable[[Any], bool]:
    return lambda body: len(body["results"]) == count


SCENARIOS = [
    Scenario("get_one", one, is_event),
    Scenario("list_page", page, has_rows(PAGE)),
    Scenario("list_page_deep", deep_page, has_rows(PAGE)),
    Scenario("changelog", changelog, has_rows(VERSIONS)),
    Scenario("diff", diff, lambda body: len(body["changes"]) > 1),
    Scenario("create", create, lambda body: body["version"] == 1, status=201),
    Scenario("update", update, lambda body: body["version"] > 1, writer=WRITER),
    Scenario("not_modified", unchanged, lambda body: body is None, status=304, ours_only=True),
    Scenario("rollback", rollback, lambda body: body["version"] > 2, ours_only=True, writer=ROLLER),
    Scenario("merge", merge, lambda body: body["merged_from"], ours_only=True, writer=MERGER),
    Scenario("lone_1", one, is_event, connections=1),
    Scenario("lone_2", one, is_event, connections=2),
    # Logins take so long that in less than that there may be none.
    Scenario("flood", one, is_event, ours_only=True, beside=logins, seconds=3),
]
