"""The start of every write: lock the event, and only then ask whether this person may."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.db.models.lookups import Exact
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from events import etags
from events.models import Event, Grant
from events.roles import Role
from neofi.conditional import names_state
from neofi.problems import PreconditionFailed
from neofi.statements import Bound, Parameter, Statement, fetch_in_turn

STAFF_MAY = ("events.change_event",)


def lock_event(
    event_id: UUID,
    *,
    by: User,
    at_least: Role,
    as_staff: bool = False,
    if_match: str | None = None,
    in_trash_too: bool = False,
    staff_may: Collection[str] = STAFF_MAY,
) -> Event:
    """The event's row, locked until the transaction ends, as `by` sees it.

    `as_staff` asks for a Django permission, any of `staff_may`, in place of a grant. Raises
    NotFound, PermissionDenied and PreconditionFailed, in this order.
    """
    event = lock_events([event_id], by=by).get(event_id)
    if event is None or (event.deleted_at and not in_trash_too):
        raise NotFound
    if as_staff:
        if not any(by.has_perm(permission) for permission in staff_may):
            raise PermissionDenied
    else:
        check_role(event, at_least)
    check_if_match(event, if_match)
    return event


def locked_rows(*which, **named) -> QuerySet[Event]:
    """Events, to be locked when they are read: in order of id, so that of two who lock several none
    waits for the other.
    """
    return Event.objects.select_for_update().filter(*which, **named).order_by("pk")


def lock_events(event_ids: Collection[UUID], *, by: User) -> dict[UUID, Event]:
    """Those of the events that there are, locked in order of id, as `by` sees them; role unasked.

    The roles are read by a second statement, after the locks are ours: one that waits for a lock
    would otherwise decide by what it saw before, and let a revoked editor write.
    """
    if not event_ids:
        return {}
    alone = len(event_ids) == 1
    named = {"ids": _given(event_ids), "user": by.pk}
    rows, grants = fetch_in_turn(Bound(_locked(alone), named), Bound(_roles(alone), named))
    events = {row.id: Event.from_db(None, row._fields, row) for row in rows}
    _look_as(events, by, grants)
    return events


def _look_as(events: dict[UUID, Event], user: User, grants: Sequence[Any]) -> None:
    """Set what EventQuerySet.as_seen_by_caller annotates, from the rows as they are now."""
    for grant in grants:
        event = events.get(grant.event_id)
        if event is None:  # it was not there yet when the others were locked
            continue
        event.updated_by_username = grant.last_editor
        if grant.role == Role.OWNER:
            event.owner_id, event.owner_username = grant.user_id, grant.user__username
        if grant.user_id == user.pk:
            event.role = grant.role


class IsAnyOf(Func):
    """Whether a column has one of the values of an array: one parameter, however many they are."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


USER = Parameter("user", UUIDField())


def _is_given(column: str, alone: bool) -> Expression:
    """One id is no array: with that PostgreSQL plans anew for each run, which takes it 0.2 ms."""
    if alone:
        return Exact(F(column), Parameter("ids", UUIDField()))
    return IsAnyOf(column, Parameter("ids", ArrayField(UUIDField())))


def _given(ids: Collection[UUID]) -> UUID | list[UUID]:
    [*ids] = ids
    return ids[0] if len(ids) == 1 else ids


@cache
def _locked(alone: bool) -> Statement:
    columns = [field.attname for field in Event._meta.concrete_fields]
    return Statement(locked_rows(_is_given("id", alone)).values_list(*columns))


@cache
def _roles(alone: bool) -> Statement:
    """The grants of the owner and of that user."""
    last_editor = Event.objects.filter(pk=OuterRef("event_id")).values("updated_by__username")
    grants = Grant.objects.filter(_is_given("event_id", alone), Q(user=USER) | Q(role=Role.OWNER))
    columns = ("event_id", "user_id", "role", "user__username", "last_editor")
    return Statement(grants.annotate(last_editor=Subquery(last_editor)).values_list(*columns))


def check_role(event: Event, at_least: Role) -> None:
    """Raise NotFound to a stranger, PermissionDenied to whose role is too small."""
    if event.role is None:
        raise NotFound
    if not Role(event.role).includes(at_least):
        raise PermissionDenied


def check_if_match(event: Event, if_match: str | None) -> None:
    """Raise PreconditionFailed if the caller's tag is of another state than this one."""
    if if_match is not None and not names_state(if_match, etags.state_of(event)):
        raise PreconditionFailed(current_version=event.version)
