"""What is done to people and reaches into their events: removing somebody for good."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from rest_framework.exceptions import PermissionDenied
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.guards import check_dispensable, lock_person
from accounts.models import User
from collaboration.services.access import AccessLedger
from events.models import Event, Grant
from events.roles import Role
from events.services.locking import lock_events
from neofi.ids import uuid7
from neofi.problems import Conflict, invalid
from neofi.transactions import service

CHUNK = 500  # events whose access is written together


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many events somebody owns, how many of these are in the trash, and how many others they
    have a role on."""

    owned: int
    in_trash: int
    shared: int


def holdings_of(user_id: UUID) -> Holdings:
    owns = Q(role=Role.OWNER)
    return Holdings(
        **Grant.objects.filter(user=user_id).aggregate(
            owned=Count("pk", filter=owns),
            in_trash=Count("pk", filter=owns & Q(event_deleted_at__isnull=False)),
            shared=Count("pk", filter=~owns),
        )
    )


@service
def delete_user(user_id: UUID, *, heir_id: UUID | None = None, by: User) -> None:
    """Remove an account; what they own, in the trash too, becomes the heir's.

    Histories keep the id of who wrote them. What the member of staff does to CHUNK events is one
    change set, for it can be read and taken back as one. Who gives events away must be allowed to
    change events, too. Raises NotFound, PermissionDenied; ValidationError for an heir who is
    missing or is no other active person; Conflict for oneself, the last superuser, and for somebody
    who was given another event meanwhile.
    """
    user = lock_person(user_id, by=by, permission="accounts.delete_user")
    check_dispensable(user, by)
    heir = _lock_heir(heir_id, user_id)
    _part(user, heir, by)
    # Now nobody else can refer to them any more, and those who did meanwhile are through.
    User.objects.select_for_update().get(pk=user.pk)
    if Grant.objects.filter(user=user).exists():
        raise Conflict("They have just been given another event. Try again.", "changed_since")
    # What was remembered of their requests, and their sessions, go with them.
    OutstandingToken.objects.filter(user=user).delete()
    user.delete()


def _lock_heir(heir_id: UUID | None, user_id: UUID) -> User | None:
    """So that nobody switches them off while they inherit."""
    if heir_id is None:
        return None
    if heir_id == user_id:
        raise invalid("heir", "They cannot be their own heir.", "self")
    heirs = User.objects.select_for_update(no_key=True).filter(pk=heir_id, is_active=True)
    heir = heirs.first()
    if heir is None:
        raise invalid("heir", "There is no such active account.", "inactive_user")
    return heir


def _part(user: User, heir: User | None, by: User) -> None:
    """Take their events from somebody: those that they own go to the heir."""
    granted = Grant.objects.filter(user=user).values_list("event", flat=True)
    for event_ids in _chunks(sorted(granted)):
        events = lock_events(event_ids, by=by)
        ledger = AccessLedger(by, uuid7())
        # Read after the lock, and so as they are when they are written.
        grants = _grants(events, user)
        owned = {pk: grant for pk, grant in grants.items() if grant.role == Role.OWNER}
        _inherit(ledger, events, owned, heir, by)
        for event_id in grants.keys() - owned.keys():
            ledger.take(events[event_id], grants[event_id])
        ledger.write()


def _inherit(
    ledger: AccessLedger,
    events: dict[UUID, Event],
    owned: dict[UUID, Grant],
    heir: User | None,
    by: User,
) -> None:
    if not owned:
        return
    if heir is None:
        raise invalid("heir", "Their events need a new owner.", "required")
    if not by.has_perm("events.change_event"):
        raise PermissionDenied
    present = _grants(owned, heir)
    for event_id, grant in owned.items():
        event = events[event_id]
        theirs = present.get(event_id) or Grant(event=event, user=heir)
        ledger.hand_over(event, grant, theirs, lowered_to=None)


def _grants(event_ids: Iterable[UUID], user: User) -> dict[UUID, Grant]:
    """By event."""
    grants = Grant.objects.filter(event__in=list(event_ids), user=user)
    return {grant.event_id: grant for grant in grants}


def _chunks(event_ids: list[UUID]) -> Iterator[list[UUID]]:
    """In order of id, as everybody locks events."""
    for start in range(0, len(event_ids), CHUNK):
        yield event_ids[start : start + CHUNK]
