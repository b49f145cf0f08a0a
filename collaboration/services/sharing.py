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
from collaboration.services.access import AccessLedger
from events.models import Event, Grant
from events.models.history import Action
from events.roles import Role
from events.services.locking import lock_event
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
    ledger = AccessLedger(by, note=note)
    grants = []
    for invitation in invitations:
        grant = present.get(invitation.user.pk) or Grant(event=event, user=invitation.user)
        ledger.give(event, grant, invitation.role)
        grants.append(grant)
    ledger.write()
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
    ledger = AccessLedger(by, note=note)
    if role == Role.OWNER:
        _hand_over(ledger, event, grant)
    else:
        ledger.give(event, grant, role)
    ledger.write()
    return grant


@service
def transfer(
    event_id: UUID, to: User, *, by: User, note: str = "", as_staff: bool = False
) -> Grant:
    """Hand the event over to anybody, with a role on it or without; the old owner becomes editor.

    Who owns it already keeps it (`written` is None). Raises NotFound, PermissionDenied; Conflict
    for an account that is switched off.
    """
    event = lock_event(event_id, by=by, at_least=Role.OWNER, as_staff=as_staff)
    heir = _grants_of(event, [to]).get(to.pk) or Grant(event=event, user=to)
    if heir.role == Role.OWNER:
        return heir
    ledger = AccessLedger(by, note=note)
    _hand_over(ledger, event, heir)
    ledger.write()
    return heir


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
    ledger = AccessLedger(by, note=note)
    ledger.take(event, grant, Action.LEFT if leaving else Action.REVOKED)
    ledger.write()
    return grant


def _hand_over(ledger: AccessLedger, event: Event, heir: Grant) -> None:
    if not heir.user.is_active:
        raise Conflict("This account is switched off: it cannot own an event.", "inactive_user")
    ledger.hand_over(event, _grant_of(event, event.owner_id), heir, lowered_to=Role.EDITOR)


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
