"""The start of every write: lock the event, and only then ask whether this person may."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from events import etags
from events.models import Event, Grant
from events.roles import Role
from neofi.conditional import names_state
from neofi.problems import PreconditionFailed


def lock_event(
    event_id: UUID,
    *,
    by: User,
    at_least: Role,
    as_staff: bool = False,
    if_match: str | None = None,
    in_trash_too: bool = False,
) -> Event:
    """The event's row, locked until the transaction ends, as `by` sees it.

    `as_staff` asks for the Django permission in place of a grant. Raises NotFound, PermissionDenied
    and PreconditionFailed, in this order.
    """
    event = lock_events([event_id], by=by).get(event_id)
    if event is None or (event.deleted_at and not in_trash_too):
        raise NotFound
    if as_staff:
        if not by.has_perm("events.change_event"):
            raise PermissionDenied
    else:
        check_role(event, at_least)
    check_if_match(event, if_match)
    return event


def lock_events(event_ids: Collection[UUID], *, by: User) -> dict[UUID, Event]:
    """Those of the events that there are, locked in order of id, as `by` sees them; role unasked.

    The roles are read by a second statement, after the locks are ours: one that waits for a lock
    would otherwise decide by what it saw before, and let a revoked editor write.
    """
    rows = Event.objects.select_for_update().filter(pk__in=event_ids).order_by("pk")
    events = {event.pk: event for event in rows}
    if events:
        _look_as(events, by)
    return events


def _look_as(events: dict[UUID, Event], user: User) -> None:
    """Set what EventQuerySet.as_seen_by_caller annotates, from the rows as they are now."""
    last_editor = Event.objects.filter(pk=OuterRef("event_id")).values("updated_by__username")
    grants = Grant.objects.filter(event__in=events).filter(Q(user=user) | Q(role=Role.OWNER))
    for grant in grants.select_related("user").annotate(last_editor=Subquery(last_editor)):
        event = events[grant.event_id]
        event.updated_by_username = grant.last_editor
        if grant.role == Role.OWNER:
            event.owner_id, event.owner_username = grant.user_id, grant.user.username
        if grant.user_id == user.pk:
            event.role = grant.role


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
