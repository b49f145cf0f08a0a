"""The changelog: what was done to an event, content and access, newest first.

Every row of an event's history has an instant of its own, so `at` alone is the position of a page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import (
    CharField,
    DateTimeField,
    F,
    IntegerField,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast

from events import diffing, snapshots
from events.models import HistoricalEvent, HistoricalGrant
from events.models.history import ACCESS_ACTIONS, Action
from neofi.fields import author_ref, user_ref
from neofi.pagination import Column, Keyset, instant
from neofi.statements import Parameter, Statement

Row = dict[str, Any]

KEYSET = Keyset("changelog", (Column("history_date", lambda row: row["at"], instant),), True)

_COMMON = {
    "at": F("history_date"),
    "note": F("history_change_reason"),
    "by_id": F("history_user_id"),
}
_OF_VERSIONS = {
    "version": IntegerField(),
    "source_version": IntegerField(),
    "merged_from": IntegerField(),
    "snapshot": TextField(),
}
_OF_ACCESS = {
    "user_id": UUIDField(),
    "user_username": CharField(),
    "role": CharField(),
    "previous_role": CharField(),
}
_COLUMNS = (
    *("history_id", "action", "change_set", "by_username"),
    *_COMMON,
    *_OF_VERSIONS,
    *_OF_ACCESS,
)


def page(event_id: UUID, position: tuple | None, backward: bool, limit: int) -> list[Row]:
    """Up to `limit` rows behind `position`, as `KeysetPagination.paginate` asks for them."""
    at = position and position[0]
    statement = _page(position is not None, backward, limit)
    found = sorted(statement.rows(event=event_id, at=at), key=attrgetter("at", "history_id"))
    rows = list(_entries(found))
    if position is not None:
        rows = [row for row in rows if (row["at"] > at if backward else row["at"] < at)]
    return rows[:limit] if backward else rows[::-1][:limit]


@lru_cache(maxsize=256)
def _page(behind: bool, backward: bool, limit: int) -> Statement:
    """One statement joins the nearest rows of both kinds.

    Of the versions one more is read than can be shown, so that the last that is shown has its
    predecessor to be compared with. Of the access twice as many are read, for each may be one half
    of a transfer.
    """
    at = Parameter("at", DateTimeField())
    position = (at,) if behind else None
    access = KEYSET.slice(_access(), position, backward, 2 * limit)
    versions = KEYSET.slice(_versions(), position, backward, limit + 1)
    parts = [access]
    if backward:
        # Read towards the newest, the predecessor lies on the other side of the position.
        earlier = _versions().filter(history_date__lte=at)
        parts.append(earlier.order_by("-history_date")[:1])
    return Statement(versions.union(*parts, all=True))


def _versions() -> QuerySet:
    rows = HistoricalEvent.objects.of_event(Parameter("event", UUIDField())).with_author()
    return rows.annotate(**_COMMON, **_nulls(_OF_ACCESS)).values_list(*_COLUMNS)


def access_changes(change_set: UUID, event_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """What a change set did to the access of each event, as rows of `changes`."""
    rows = HistoricalGrant.objects.filter(
        change_set=change_set, event_id__in=event_ids, action__in=ACCESS_ACTIONS
    )
    found = defaultdict(list)
    names = F("user__username")
    for row in rows.order_by("history_id").annotate(user_username=names).values_list(named=True):
        found[row.event_id].append(_role_change(row))
    return found


def _access() -> QuerySet:
    event_id = Parameter("event", UUIDField())
    rows = HistoricalGrant.objects.filter(event_id=event_id, action__in=ACCESS_ACTIONS)
    names = {"user_username": F("user__username")}
    nulls = _nulls(_OF_VERSIONS)
    return rows.with_author().annotate(**_COMMON, **names, **nulls).values_list(*_COLUMNS)


def _nulls(columns: dict) -> dict:
    """The other kind's columns, typed, so that the two kinds make one table."""
    return {name: Cast(Value(None), field) for name, field in columns.items()}


def _entries(found: Iterable[Any]) -> Iterable[Row]:
    """What is shown of rows oldest first; the two of a transfer become one."""
    before, access = None, None
    for row in found:
        if row.version is not None:
            content = snapshots.as_json(row.snapshot)
            is_first = row.action == Action.CREATED
            yield _entry(row, diffing.changes_as_kept(None if is_first else before, content))
            before = content
        elif access and access["at"] == row.at:
            access["changes"].append(_role_change(row))
        else:
            access = _entry(row, [_role_change(row)])
            yield access


def _entry(row: Any, changes: list[dict[str, Any]]) -> Row:
    return {
        "action": row.action,
        "version": row.version,
        "at": row.at,
        "by": author_ref(row.by_id, row.by_username),
        "note": row.note,
        "source_version": row.source_version,
        "merged_from": row.merged_from,
        "change_set": row.change_set,
        "changes": changes,
    }


def _role_change(row: Any) -> dict[str, Any]:
    # A grant that was taken away has the role that it had: so in the undoing of some transfers.
    is_gone = row.action in (Action.REVOKED, Action.LEFT) or row.role == row.previous_role
    return {
        "field": "role",
        "user": user_ref(row.user_id, row.user_username),
        "from": row.previous_role,
        "to": None if is_gone else row.role,
    }
