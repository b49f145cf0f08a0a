"""Writes of access: share, change a role, hand over, revoke, leave.

Each locks the event's row first, as every write of the event does, so that a role and what was done
with it are never out of step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.serializers import ErrorDetail, ValidationError

from accounts.models import User
from events.models import Event, Grant
from events.models.history import Action, Change, record
from events.roles import Role
from events.services.ledger import next_instant
from events.services.locking import lock_event
from neofi.ids import uuid7
from neofi.problems import Conflict
from neofi.transactions import service


@dataclass(frozen=True, slots=True)
class Invitation:
    """That `user` shall have `role`, which is never `owner`.

    `field` is where they stand in the request, for refusals.
    """

    user: User
    role: Role
    field: str = "user"


@service
def share(
    event_id: UUID,
    *,
    by: User,
    invitations: Sequence[Invitation],
    note: str = "",
    as_staff: bool = False,
) -> list[Grant]:
    """Give each person the role, new or in place of the one they had. In the order given.

    A grant that is there already with that role stays as it is (`written` is None). A new one has
    no `previous_role`. Raises NotFound, PermissionDenied, ValidationError for oneself.
    """
    event = lock_event(event_id, by=by, at_least=Role.OWNER, as_staff=as_staff)
    _refuse_owner(event, invitations)
    present = _grants_of(event, [invitation.user for invitation in invitations])
    change_set = uuid7()
    grants = []
    for invitation in invitations:
        grant = present.get(invitation.user.pk) or Grant(event=event, user=invitation.user)
        grants.append(grant)
        if grant.role != invitation.role:
            action = Action.ROLE_CHANGED if grant.role else Action.SHARED
            _regrant(grant, invitation.role, event, action, by, note, change_set)
    _write(grants)
    _keep_history_at(event)
    return grants


@service
def change_role(
    event_id: UUID,
    user_id: UUID,
    role: Role,
    *,
    by: User,
    note: str = "",
    as_staff: bool = False,
) -> Grant:
    """Change the role of somebody who has one. `owner` hands the event over.

    Raises NotFound, PermissionDenied; Conflict if it would leave the event without an owner.
    """
    event = lock_event(event_id, by=by, at_least=Role.OWNER, as_staff=as_staff)
    grant = _grant_of(event, user_id)
    if grant.role == role:
        return grant
    if grant.role == Role.OWNER:
        raise Conflict(
            "An event needs an owner: give somebody else the role `owner` instead.",
            "owner_required",
        )
    if role == Role.OWNER and not grant.user.is_active:
        raise Conflict("This account is switched off: it cannot own an event.", "inactive_user")
    if role == Role.OWNER:
        return _transfer(event, grant, by=by, note=note)
    _regrant(grant, role, event, Action.ROLE_CHANGED, by, note, uuid7())
    _write([grant])
    _keep_history_at(event)
    return grant


@service
def revoke(
    event_id: UUID, user_id: UUID, *, by: User, note: str = "", as_staff: bool = False
) -> Grant:
    """Take somebody's access away, or leave if it is one's own.

    Raises NotFound, PermissionDenied; Conflict for the owner, who cannot go.
    """
    leaving = user_id == by.pk and not as_staff
    at_least = Role.VIEWER if leaving else Role.OWNER
    event = lock_event(event_id, by=by, at_least=at_least, as_staff=as_staff)
    grant = _grant_of(event, user_id)
    if grant.role == Role.OWNER:
        raise Conflict("The owner cannot leave: transfer the event first.", "owner_required")
    grant.previous_role = grant.role
    grant.change = _change(event, Action.LEFT if leaving else Action.REVOKED, by, note, uuid7())
    grant.delete()
    _keep_history_at(event)
    return grant


def _transfer(event: Event, grant: Grant, *, by: User, note: str) -> Grant:
    """The new owner's role is raised and the old one's lowered, as one row of the changelog."""
    old = Grant.objects.of_event(event.pk).select_related("user").get(role=Role.OWNER)
    change = _change(event, Action.TRANSFERRED, by, note, uuid7())
    for one, role in ((old, Role.EDITOR), (grant, Role.OWNER)):
        one.previous_role, one.role, one.change = one.role, role, change
        one.granted_by, one.granted_at = by, change.at
    _write([old])  # first, and apart: the index of one owner is checked row by row
    _write([grant])
    _keep_history_at(event)
    return grant


def _refuse_owner(event: Event, invitations: Sequence[Invitation]) -> None:
    message = "The owner has every right already; nobody shares with oneself."
    for invitation in invitations:
        if invitation.user.pk == event.owner_id:
            raise ValidationError({invitation.field: [ErrorDetail(message, "self")]})


def _grants_of(event: Event, users: Sequence[User]) -> dict[UUID, Grant]:
    grants = Grant.objects.of_event(event.pk).filter(user__in=users)
    return {grant.user_id: grant for grant in grants.select_related("user", "granted_by")}


def _grant_of(event: Event, user_id: UUID) -> Grant:
    grants = Grant.objects.of_event(event.pk).select_related("user", "granted_by")
    grant = grants.filter(user_id=user_id).first()
    if grant is None:
        raise NotFound
    return grant


def _regrant(
    grant: Grant, role: Role, event: Event, action: Action, by: User, note: str, change_set: UUID
) -> None:
    grant.previous_role, grant.role = grant.role or None, role
    grant.change = _change(event, action, by, note, change_set)
    grant.granted_by, grant.granted_at = by, grant.change.at


def _change(event: Event, action: Action, by: User, note: str, change_set: UUID) -> Change:
    """The event's next row of history, at an instant of its own."""
    event.history_at = next_instant(event)
    return Change(action=action, by_id=by.pk, at=event.history_at, change_set=change_set, note=note)


def _write(grants: Sequence[Grant]) -> None:
    """Insert or update what changed, with its history: as many statements for one as for many."""
    changed = [grant for grant in grants if grant.change]
    new = [grant for grant in changed if grant.pk is None]
    old = [grant for grant in changed if grant.pk is not None]
    Grant.objects.bulk_create(new)
    record(new, "+")
    if old:
        Grant.objects.bulk_update(old, ["role", "granted_by", "granted_at"])
        record(old, "~")


def _keep_history_at(event: Event) -> None:
    """Access is no content: the row's newest instant moves, its version does not."""
    Event.objects.filter(pk=event.pk).update(history_at=event.history_at)
