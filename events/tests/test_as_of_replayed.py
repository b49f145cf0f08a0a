"""`as_of` against a replay in Python: many events, changed in every way, at every instant."""

import random
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest import mock

import pytest
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.services.sharing import Invitation, change_role, revoke, share
from events import content as contents
from events.models import Event, Grant
from events.roles import Role
from events.services.batch import create_events
from events.services.versions import roll_back
from events.services.writing import delete_event, purge_event, restore_event
from events.tests.factories import edit
from neofi.tests.paging import rows, rows_backwards

URL = "/api/events"
TICK = timedelta(microseconds=1)
WORDS = ["plan", "review", "budget", "lunch"]
TAGS = ["a", "b", "c"]
STATUSES = ["confirmed", "tentative", "cancelled"]
ORDERINGS = ["start_time", "-start_time", "updated_at", "-updated_at"]


def day(number: int) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=number)


@dataclass(frozen=True)
class State:
    """What one write made of an event."""

    id: str
    version: int
    at: datetime
    by: str
    live: bool
    content: contents.Content


class World:
    """People who do this and that to their events, and what became of them."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.people = [UserFactory(username=name) for name in ("ada", "ben", "cleo")]
        self.stranger = UserFactory(username="dora")
        self.states: dict[str, list[State]] = {}
        self.events: list[Event] = []
        for person in self.people:
            self.create(person, 7)
        for _ in range(70):
            self.step()

    def create(self, person: User, count: int) -> None:
        """In one request: events of several people come to share their starts."""
        made = create_events(
            by=person, items=[self.content() for _ in range(count)], notes=[""] * count
        )
        for event in made:
            self.events.append(event)
            self.keep(event, person)

    def content(self) -> dict:
        start = self.random.randrange(8)
        return {
            "title": " ".join(self.random.sample(WORDS, 2)),
            "description": self.random.choice(WORDS),
            "location": self.random.choice(["", *WORDS]),
            "start_time": day(start),
            "end_time": day(start + self.random.randrange(1, 4)),
            "timezone": self.random.choice(["UTC", "Asia/Kolkata"]),
            "status": self.random.choice(STATUSES),
            "transparency": self.random.choice(["opaque", "transparent"]),
            "tags": self.random.sample(TAGS, self.random.randrange(3)),
            "metadata": {"n": self.random.randrange(3)},
        }

    def keep(self, event: Event, person: User) -> None:
        key, content = str(event.pk), contents.of(event)
        states = self.states.setdefault(key, [])
        if not states or states[-1].version < event.version:
            live = event.deleted_at is None
            states.append(
                State(key, event.version, event.updated_at, person.username, live, content)
            )

    def step(self) -> None:
        event = self.random.choice(self.events)
        owner = Grant.objects.get(event_id=event.pk, role=Role.OWNER).user
        live = Event.objects.get(pk=event.pk).deleted_at is None
        if not live:
            return self.keep(restore_event(event.pk, by=owner), owner)
        act = self.random.choices(
            [self.edit, self.move, self.go_back, self.delete, self.give, self.take, self.add],
            weights=[6, 5, 2, 2, 4, 2, 1],
        )[0]
        return act(event, owner)

    def edit(self, event: Event, owner: User) -> None:
        content, name = self.content(), self.random.choice(["title", "tags", "status", "location"])
        self.keep(edit(event.pk, by=owner, content={name: content[name]}), owner)

    def move(self, event: Event, owner: User) -> None:
        """To a new time, by somebody who may: and all else with it."""
        editors = Grant.objects.filter(event_id=event.pk, role__in=Role.at_least(Role.EDITOR))
        by = self.random.choice([grant.user for grant in editors.order_by("pk")])
        self.keep(edit(event.pk, by=by, content=self.content()), by)

    def go_back(self, event: Event, owner: User) -> None:
        version = self.random.choice(self.states[str(event.pk)]).version
        self.keep(roll_back(event.pk, version, by=owner), owner)

    def delete(self, event: Event, owner: User) -> None:
        self.keep(delete_event(event.pk, by=owner), owner)

    def give(self, event: Event, owner: User) -> None:
        person = self.random.choice([one for one in self.people if one != owner])
        role = self.random.choice([Role.VIEWER, Role.EDITOR, Role.OWNER])
        if Grant.objects.filter(event_id=event.pk, user=person).exists():
            change_role(event.pk, person.pk, role, by=owner)
        elif role != Role.OWNER:
            share(event.pk, by=owner, invitations=[Invitation(person, role)])

    def take(self, event: Event, owner: User) -> None:
        for grant in Grant.objects.filter(event_id=event.pk).exclude(user=owner).order_by("pk")[:1]:
            revoke(event.pk, grant.user_id, by=owner)

    def add(self, event: Event, owner: User) -> None:
        """One more; and sometimes one is gone for good."""
        self.create(owner, 1)
        if self.random.random() < 0.3:
            purge_event(event.pk, by=owner)
            self.events.remove(event)
            del self.states[str(event.pk)]

    def instants(self) -> list[datetime]:
        """Before everything; at each change, just before it, and between it and the next."""
        ats = sorted({state.at for states in self.states.values() for state in states})
        between = [one + (other - one) / 2 for one, other in pairwise(ats)]
        return sorted({*ats, *(at - TICK for at in ats), *between, ats[-1] + timedelta(days=1)})

    def roles(self, person: User) -> dict[str, dict[str, str]]:
        """Of the events that the person sees today: their role and the owner."""
        found = {}
        for grant in Grant.objects.filter(user=person, event__deleted_at=None):
            owner = Grant.objects.get(event_id=grant.event_id, role=Role.OWNER).user
            found[str(grant.event_id)] = {"role": grant.role, "owner": owner.username}
        return found

    def seen(self, person: User, at: datetime) -> list[dict]:
        """What a list as of that instant must hold, in any order."""
        found = []
        for key, access in self.roles(person).items():
            past = [state for state in self.states[key] if state.at <= at]
            if past and past[-1].live:
                found.append({**access, "state": past[-1]})
        return found


@pytest.fixture(scope="module", params=["by our clock", "by a clock that stands still"])
def world(request, django_db_setup, django_db_blocker):
    """With a clock that stands still, many events change at the same instants."""
    moment = timezone.now()
    still = mock.patch.object(timezone, "now", return_value=moment)
    with django_db_blocker.unblock():
        with still if "still" in request.param else nullcontext():
            world = World(len(request.param))
        yield world
        for event in Event.objects.all():
            owner = Grant.objects.get(event_id=event.pk, role=Role.OWNER).user
            purge_event(event.pk, by=owner)
        User.objects.all().delete()


def keys(found: list[dict], ordering: str) -> list[str]:
    """The ids, in that order."""
    name = ordering.removeprefix("-")

    def place(row):
        state = row["state"]
        return (state.at if name == "updated_at" else state.content["start_time"]), state.id

    ordered = sorted(found, key=place, reverse=ordering.startswith("-"))
    return [row["state"].id for row in ordered]


def query(at: datetime, **params) -> str:
    return f"{URL}?{urlencode({'as_of': at.isoformat(), **params}, doseq=True)}"


def words(state: State) -> list[str]:
    return " ".join(state.content[name] for name in ("title", "description", "location")).split()


# Parameters, and what they mean of a row.
FILTERS = {
    "from": ({"from": day(3).isoformat()}, lambda r: r["state"].content["end_time"] > day(3)),
    "to": ({"to": day(4).isoformat()}, lambda r: r["state"].content["start_time"] < day(4)),
    "window": (
        {"from": day(2).isoformat(), "to": day(3).isoformat()},
        lambda r: (
            r["state"].content["end_time"] > day(2) and r["state"].content["start_time"] < day(3)
        ),
    ),
    "search": ({"search": "lunch"}, lambda r: "lunch" in words(r["state"])),
    "search without": (
        {"search": "plan -review"},
        lambda r: "plan" in words(r["state"]) and "review" not in words(r["state"]),
    ),
    "status": ({"status": "tentative"}, lambda r: r["state"].content["status"] == "tentative"),
    "tag": ({"tag": "a"}, lambda r: "a" in r["state"].content["tags"]),
    "tags": ({"tag": ["a", "b"]}, lambda r: {"a", "b"} <= set(r["state"].content["tags"])),
    "role": ({"role": "editor"}, lambda r: r["role"] == "editor"),
    "owner": ({"owner": "ben"}, lambda r: r["owner"] == "ben"),
    "all": (
        {"search": "plan", "status": "confirmed", "role": "owner", "from": day(1).isoformat()},
        lambda r: (
            "plan" in words(r["state"])
            and r["state"].content["status"] == "confirmed"
            and r["role"] == "owner"
            and r["state"].content["end_time"] > day(1)
        ),
    ),
}


def test_every_change_is_seen_from_its_instant_on(world, api):
    people = [*world.people, world.stranger]
    clients = [api(person) for person in people]
    for number, at in enumerate(world.instants()):
        person, client = people[number % 4], clients[number % 4]
        ordering = ORDERINGS[number // 4 % 4]
        url = query(at, ordering=ordering, fields="id,version", page_size=100)
        found = client.get(url).json()["results"]
        expected = world.seen(person, at)
        assert [row["id"] for row in found] == keys(expected, ordering), (at, ordering)
        versions = {row["state"].id: row["state"].version for row in expected}
        assert {row["id"]: row["version"] for row in found} == versions


def some(world, count: int) -> list[datetime]:
    """Instants over all of the history."""
    instants = world.instants()
    return [instants[(2 * n + 1) * len(instants) // (2 * count)] for n in range(count)]


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("name", FILTERS)
def test_filters_and_orders_are_about_what_was(world, api, name, ordering):
    params, holds = FILTERS[name]
    for person, at in zip(world.people * 2, some(world, 6), strict=True):
        found = rows(api(person), query(at, **params, ordering=ordering, page_size=100))
        expected = [row for row in world.seen(person, at) if holds(row)]
        assert [row["id"] for row in found] == keys(expected, ordering)


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_updated_since_is_about_the_change_before(world, api, ordering):
    person = world.people[0]
    for at in some(world, 5):
        for since in some(world, 5):
            url = query(at, updated_since=since.isoformat(), ordering=ordering, page_size=100)
            expected = [row for row in world.seen(person, at) if row["state"].at >= since]
            assert [row["id"] for row in rows(api(person), url)] == keys(expected, ordering)


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 3])
def test_pages_lose_and_double_nothing_in_either_direction(world, api, ordering, size):
    for person, at in zip(world.people, some(world, 3), strict=True):
        client, url = api(person), query(at, ordering=ordering, page_size=size)
        expected = keys(world.seen(person, at), ordering)
        assert [row["id"] for row in rows(client, url)] == expected
        assert [row["id"] for row in rows_backwards(client, url)] == expected


def test_each_row_is_whole(world, api):
    for person, at in zip(world.people, some(world, 3), strict=True):
        client = api(person)
        expected = {row["state"].id: row for row in world.seen(person, at)}
        for row in rows(client, query(at)):
            seen = expected[row["id"]]
            state = seen["state"]
            content = {name: row[name] for name in contents.FIELDS}
            for name in contents.TIMES:
                content[name] = datetime.fromisoformat(content[name])
            assert content == state.content
            assert (row["version"], row["role"]) == (state.version, seen["role"])
            assert datetime.fromisoformat(row["updated_at"]) == state.at
            assert row["updated_by"]["username"] == state.by
            assert row["owner"]["username"] == seen["owner"]
            one = client.get(f"{URL}/{row['id']}?{urlencode({'as_of': at.isoformat()})}").json()
            assert one == {name: value for name, value in row.items() if name != "etag"}


def test_what_a_list_does_not_hold_is_not_found(world, api):
    person = world.people[0]
    client = api(person)
    for at in some(world, 5):
        seen = {row["state"].id for row in world.seen(person, at)}
        for key in world.states:
            url = f"{URL}/{key}?{urlencode({'as_of': at.isoformat()})}"
            assert client.get(url).status_code == (200 if key in seen else 404)


def test_a_stranger_sees_nothing_at_any_time(world, api):
    client = api(world.stranger)
    for at in some(world, 10):
        assert client.get(query(at)).json()["results"] == []
