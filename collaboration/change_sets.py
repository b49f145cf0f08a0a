"""Change sets, read: everything that one request did, as far as somebody can see it.

Bounded by what one request can do: a thousand events (the largest batch).
"""

from collections.abc import Collection, Iterable
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import User
from events.models import Event, HistoricalEvent, HistoricalGrant
from events.models.history import ACCESS_ACTIONS
from neofi.fields import author_ref

Row = dict[str, Any]

_NO_VERSION = Cast(Value(None), IntegerField())
_COMMON = {
    "at": F("history_date"),
    "by_id": F("history_user_id"),
}
_COLUMNS = ("of", "version", "action", "by_username", *_COMMON)


def read(change_set: UUID, user: User, also: Collection[UUID] = ()) -> Row | None:
    """The change set as the API shows it; None if nothing of it is visible.

    `also` are events that the user saw until just now: who takes back that they were handed one may
    have no role on it any more.
    """
    found = _visible(_rows(change_set), user, also)
    if not found:
        return None
    first = found[0]
    return {
        "id": change_set,
        "at": first["at"],
        "by": author_ref(first["by_id"], first["by_username"]),
        "events": _by_event(found),
    }


def _visible(rows: QuerySet, user: User, also: Collection[UUID]) -> list[Row]:
    """Those of events that the user can see, in the trash too; in the order of what was done.

    In two statements, for in one the planner may take the whole calendar in hand to join it.
    """
    # The two rows of a transfer are of one instant, and one action.
    found = {(row["of"], row["at"]): row for row in rows}
    ids = {of for of, _ in found}
    seen = Event.objects.visible_or_in_trash_to(user).filter(pk__in=ids)
    seen = {*seen.values_list("pk", flat=True), *also}
    return sorted((row for row in found.values() if row["of"] in seen), key=itemgetter("at", "of"))


def _rows(change_set: UUID) -> QuerySet:
    """All that it did, content and access."""
    versions = HistoricalEvent.objects.filter(change_set=change_set)
    access = HistoricalGrant.objects.filter(change_set=change_set, action__in=ACCESS_ACTIONS)
    return _named(versions, of=F("id")).union(
        _named(access, of=F("event_id"), version=_NO_VERSION), all=True
    )


def _named(rows: QuerySet, **columns) -> QuerySet:
    return rows.order_by().with_author().annotate(**_COMMON, **columns).values(*_COLUMNS)


def _by_event(rows: Iterable[Row]) -> list[Row]:
    """What was done to each, the event of the earliest row first."""
    events: dict[UUID, Row] = {}
    for row in rows:
        of = row["of"]
        part = events.setdefault(of, {"event": of, "versions": [], "actions": []})
        part["actions"].append(row["action"])
        if row["version"] is not None:
            part["versions"].append(row["version"])
    return list(events.values())
