"""Events and versions as the API reads them most: rows of statements that are compiled once.

Who may read what is the querysets' to say; here stand the columns, and which door is asked.
"""

from collections.abc import Collection
from functools import cache
from operator import attrgetter
from uuid import UUID

from django.db.models import IntegerField, QuerySet, UUIDField

from events import content as contents
from events.models import Event, HistoricalEvent
from events.ordering import ORDERINGS
from neofi.pagination import Column, Fetch, Keyset, Pages, integer
from neofi.statements import Bound, Parameter, Statement

# What decides about a request for one event.
ACCESS = ("id", "version", "role")
# What its representation shows, and its tag.
WHOLE = (
    *ACCESS,
    *contents.FIELDS,
    "uid",
    "split_from_id",
    "created_at",
    "updated_at",
    "deleted_at",
    "owner_id",
    "owner_username",
    "updated_by_id",
    "updated_by_username",
)
# What it takes to find the authors of its present content.
AUTHORSHIP = (*ACCESS, "field_versions")

# What is said of a version, and what it was.
VERSION = (
    "version",
    "action",
    "history_date",
    "history_user_id",
    "by_username",
    "history_change_reason",
    "source_version",
    "merged_from",
    "change_set",
    "hash",
    "snapshot",
)

HISTORY = Keyset("history", (Column("version", attrgetter("version"), integer),), True)

VISIBLE = "visible_to"
IN_TRASH = "in_trash_of"
VISIBLE_OR_IN_TRASH = "visible_or_in_trash_to"


class SomeUser:
    """Stands for the caller where a door asks who it is."""

    pk = Parameter("user", UUIDField())
    is_authenticated = True


@cache
def event(columns: tuple[str, ...], door: str) -> Statement:
    """The row of an `event` that the door shows to a `user`, in those columns."""
    named = seen(door).filter(pk=Parameter("event", UUIDField()))
    return Statement(named.values_list(*columns))


@cache
def events(ordering: str) -> Pages:
    """What is visible to a `user`, in pages: rows of WHOLE."""
    return Pages(seen(VISIBLE).values_list(*WHOLE), ORDERINGS[ordering])


def versions(event_id: UUID, numbers: Collection[int]) -> Bound:
    """Those of the versions that there are, in no order: rows of VERSION."""
    wanted = {f"version_{place}": number for place, number in enumerate(numbers)}
    return Bound(_versions(len(wanted)), {"event": event_id, **wanted})


def history(event_id: UUID) -> Fetch:
    """What a page of the event's versions is fetched with: rows of VERSION."""
    return _history().fetcher(event=event_id)


def seen(door: str) -> QuerySet[Event]:
    """What some user sees through that door."""
    return getattr(Event.objects, door)(SomeUser).as_seen_by_caller()


@cache
def _versions(count: int) -> Statement:
    numbers = [Parameter(f"version_{place}", IntegerField()) for place in range(count)]
    one, *others = (_versions_of_event().filter(version=number).order_by() for number in numbers)
    # Not `version IN`: PostgreSQL would find all versions of the event, and keep those.
    return Statement(one.union(*others, all=True) if others else one)


@cache
def _history() -> Pages:
    return Pages(_versions_of_event(), HISTORY)


def _versions_of_event() -> QuerySet[HistoricalEvent]:
    rows = HistoricalEvent.objects.of_event(Parameter("event", UUIDField()))
    return rows.with_author().values_list(*VERSION)
