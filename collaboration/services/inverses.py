"""What takes back a change of access, on a locked event. Raises Conflict where that cannot be.

One change set changes each person's access to an event once at most, so what is read here before
any of it is taken back holds until all of it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models.fields.tuple_lookups import TupleIn

from accounts.models import User
from collaboration.services.access import AccessLedger
from events.models import Event, Grant, HistoricalGrant
from events.models.history import Action
from events.roles import Role
from neofi.problems import Conflict


@dataclass(frozen=True, slots=True)
class Present:
    """Access as it is now, of the people whom some rows of access history are about."""

    grants: dict[tuple[UUID, UUID], Grant]
    users: dict[UUID, User]

    def grant_of(self, row: HistoricalGrant) -> Grant | None:
        return self.grants.get((row.event_id, row.user_id))

    def active_user_of(self, row: HistoricalGrant) -> User:
        """Raises Conflict if nothing can be given to that person."""
        user = self.users.get(row.user_id)
        if user is None or not user.is_active:
            raise Conflict(
                "This account is switched off or gone: it can be given no role.", "inactive_user"
            )
        return user


def read_present(rows: Collection[HistoricalGrant]) -> Present:
    """In two queries; in none if there is nothing to read."""
    if not rows:
        return Present({}, {})
    pairs = {(row.event_id, row.user_id) for row in rows}
    grants = Grant.objects.filter(TupleIn(("event", "user"), list(pairs)))
    return Present(
        {(grant.event_id, grant.user_id): grant for grant in grants},
        User.objects.in_bulk({row.user_id for row in rows}),
    )


def take_back(
    ledger: AccessLedger, event: Event, rows: Sequence[HistoricalGrant], present: Present
) -> None:
    """Add to the ledger what undoes one change of access: one row, or the two of a transfer.

    What is as it was before already adds nothing. Asks for no role.
    """
    before = event.history_at
    INVERSES[rows[0].action](ledger, event, rows, present)
    if event.deleted_at and event.history_at != before:
        raise Conflict("The event is in the trash: restore it first.", "in_trash")


def _put_back(ledger, event, rows, present) -> None:
    """The role before, or none, to whoever has just the role that was given."""
    (row,) = rows
    grant = present.grant_of(row)
    if grant is None or grant.role == row.previous_role:
        return
    if grant.role != row.role:
        raise _changed_since()
    if row.previous_role is None:
        ledger.take(event, grant)
    else:
        ledger.give(event, grant, Role(row.previous_role))


def _give_again(ledger, event, rows, present) -> None:
    """The role that was taken away, to whoever has none since."""
    (row,) = rows
    grant = present.grant_of(row)
    if grant is None:
        new = Grant(event=event, user=present.active_user_of(row))
        ledger.give(event, new, Role(row.previous_role))
    elif grant.role != row.previous_role:
        raise _changed_since()


def _hand_back(ledger, event, rows, present) -> None:
    """The event to its owner before, if it is still the heir's; to both the roles of before."""
    lost, won = sorted(rows, key=lambda row: row.previous_role != Role.OWNER)
    owner, heir = present.grant_of(lost), present.grant_of(won)
    if event.owner_id == lost.user_id and (heir is None or heir.role == won.previous_role):
        return
    has_left = lost.role == lost.previous_role  # a grant that was taken away is as it was
    if event.owner_id != won.user_id or (owner is None and not has_left):
        raise _changed_since()
    user = present.active_user_of(lost)
    lowered_to = Role(won.previous_role) if won.previous_role else None
    ledger.hand_over(event, heir, owner or Grant(event=event, user=user), lowered_to=lowered_to)


def _changed_since() -> Conflict:
    return Conflict("This access has been changed since.", "access_changed")


INVERSES = {
    Action.SHARED: _put_back,
    Action.ROLE_CHANGED: _put_back,
    Action.REVOKED: _give_again,
    Action.LEFT: _give_again,
    Action.TRANSFERRED: _hand_back,
}
