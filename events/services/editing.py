"""How what a client sends becomes the next content of an event: laid over it, or merged with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import IntegerField, UUIDField
from rest_framework.serializers import ErrorDetail, ValidationError

from events import content as contents
from events import merging
from events.content import Content
from events.merging import Clash, Merged, Side
from events.models import Event, HistoricalEvent
from events.services.locking import check_if_match
from neofi.problems import Conflict, invalid
from neofi.statements import Parameter, Statement

# An event and one of its versions.
Place = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a PUT (`replace`) or PATCH asks for.

    `base_version` is the version that the client started from: what has changed since is merged
    with it, and `resolve` settles what clashes.
    """

    content: Mapping[str, Any]
    replace: bool = False
    note: str = ""
    if_match: str | None = None
    base_version: int | None = None
    resolve: Side | None = None

    def base_in(self, event: Event) -> Place | None:
        """The version to merge from; None if the event is still there. Raises ValidationError."""
        if self.base_version is None or self.base_version == event.version:
            return None
        if not 1 <= self.base_version < event.version:
            message = f"The event has the versions 1 to {event.version}."
            raise invalid("base_version", message, "unknown_version")
        return event.pk, self.base_version


def read_contents(places: Collection[Place]) -> dict[Place, Content]:
    """The contents of past versions, in one query; in none if there is nothing to read."""
    rows = HistoricalEvent.objects.at(places).only("id", "version", "snapshot")
    return {(row.id, row.version): row.content for row in rows}


def read_versions(event_id: UUID, first: int, last: int) -> dict[int, HistoricalEvent]:
    """Those versions of one event from `first` to `last`, by number."""
    rows = _versions().rows(event=event_id, first=first, last=last)
    return {row.version: HistoricalEvent.from_db(None, row._fields, row) for row in rows}


@cache
def _versions() -> Statement:
    first, last = (Parameter(name, IntegerField()) for name in ("first", "last"))
    rows = HistoricalEvent.objects.of_event(Parameter("event", UUIDField())).filter(
        version__gte=first, version__lte=last
    )
    # In the order of the model's columns, as an instance takes them.
    columns = ("action", "snapshot", "id", "version")
    return Statement(rows.order_by().values_list(*columns))


def edited(event: Event, edit: Edit, base: Content | None) -> Content:
    """The content that the event shall have. Marks the event as merged, or not, by `base`.

    Raises ValidationError, PreconditionFailed and Conflict, in this order.
    """
    start = base or contents.of(event)
    yours = validated(contents.replaced if edit.replace else contents.patched, start, edit.content)
    check_if_match(event, edit.if_match)
    if base is None:
        # An edit of the same event earlier in the request may have been a merge.
        event.merged_from, event.settled = None, ()
        return yours
    merged = merged_into(event, base=base, yours=yours, resolve=edit.resolve)
    event.merged_from, event.settled = edit.base_version, merged.clashes
    return merged.content


def merged_into(
    event: Event, *, base: Content, yours: Content, resolve: Side | None = None
) -> Merged:
    """Merge the way from `base` to `yours` into the event's content.

    Raises Conflict with `conflicts` for a person to decide: for what clashes, unless `resolve`
    settles it, and for a result that breaks a rule, which nothing settles.
    """
    current = contents.of(event)
    merged = merging.merge(base, current, yours, resolve)
    if merged.clashes and resolve is None:
        raise Conflict(
            "The event has changed since, in the same places.",
            "merge_conflict",
            current_version=event.version,
            conflicts=[clash.row() for clash in merged.clashes],
        )
    try:
        return Merged(contents.compose({}, merged.content), merged.clashes)
    except contents.Invalid as error:
        raise Conflict(
            "The changes of both sides do not go together.",
            "invalid_merge",
            current_version=event.version,
            conflicts=[Clash(n, base[n], current[n], yours[n]).row() for n in error.errors],
            errors=[
                {"field": name, "code": code, "message": text}
                for name, (code, text) in error.errors.items()
            ],
        ) from error


def validated(compose, *args) -> Content:
    """What the pure rules make of it, with their refusal as a 400 that names the fields."""
    try:
        return compose(*args)
    except contents.Invalid as error:
        raise ValidationError(details(error)) from error


def details(error: contents.Invalid) -> dict[str, list[ErrorDetail]]:
    return {name: [ErrorDetail(text, code)] for name, (code, text) in error.errors.items()}
