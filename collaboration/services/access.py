"""How changes of access become rows: all of it inside a service, under the events' locks."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from events.models import Event, Grant
from events.models.history import Action, Change, record
from events.roles import Role
from events.services.ledger import next_instant
from neofi.ids import uuid7


class AccessLedger:
    """What one person changes of access in one transaction, in memory; then written at once.

    However many people and events, `write` takes as many statements as for one. All of it is one
    change set. Nothing here asks whether the person may.
    """

    def __init__(self, by: User, change_set: UUID | None = None, note: str = ""):
        self.by, self.note = by, note
        self.change_set = change_set or uuid7()
        self._given: list[Grant] = []
        self._taken: list[Grant] = []
        self._events: dict[UUID, Event] = {}

    def give(self, event: Event, grant: Grant, role: Role) -> None:
        """That role, to somebody new (a grant without a role) or in place of the one they have.

        Who has it already keeps the grant as it is: its `written` stays None.
        """
        if grant.role != role:
            action = Action.ROLE_CHANGED if grant.role else Action.SHARED
            self._set_role(grant, role, self._change(event, action))

    def take(self, event: Event, grant: Grant, action: Action = Action.REVOKED) -> None:
        """The whole grant away."""
        grant.previous_role, grant.change = grant.role, self._change(event, action)
        self._taken.append(grant)

    def hand_over(self, event: Event, old: Grant, new: Grant, lowered_to: Role | None) -> None:
        """The event from its old owner to the new one, as one row of the changelog.

        The old one keeps the role `lowered_to`, or none.
        """
        change = self._change(event, Action.TRANSFERRED)
        if lowered_to is None:
            old.previous_role, old.change = old.role, change
            self._taken.append(old)
        else:
            self._set_role(old, lowered_to, change)
        self._set_role(new, Role.OWNER, change)

    def write(self) -> None:
        """Into the database. The rows of the events must be locked.

        Whoever is no owner any more comes first: the index of one owner is checked row by row.
        """
        added = [grant for grant in self._given if grant.pk is None]
        changed = [grant for grant in self._given if grant.pk is not None]
        _delete(self._taken)
        _update(changed)
        Grant.objects.bulk_create(added)
        written = [(added, "+"), (changed, "~")]
        if any(grant.previous_role == Role.OWNER for grant in changed):
            written.reverse()
        for grants, history_type in [*written, (self._taken, "-")]:
            record(grants, history_type)
        # Access is no content: an event's newest instant moves, its version does not.
        Event.objects.bulk_update(self._events.values(), ["history_at"])

    def _set_role(self, grant: Grant, role: Role, change: Change) -> None:
        grant.previous_role, grant.role, grant.change = grant.role or None, role, change
        grant.granted_by, grant.granted_at = self.by, change.at
        self._given.append(grant)

    def _change(self, event: Event, action: Action) -> Change:
        """The event's next row of history, at an instant of its own."""
        event.history_at = next_instant(event)
        self._events[event.pk] = event
        return Change(action, self.by.pk, event.history_at, self.change_set, self.note)


def _update(grants: Collection[Grant]) -> None:
    """Owners who become less first, and apart: the index of one owner is checked row by row."""
    lowered = [grant for grant in grants if grant.previous_role == Role.OWNER]
    others = [grant for grant in grants if grant.previous_role != Role.OWNER]
    for some in (lowered, others):
        if some:
            Grant.objects.bulk_update(some, ["role", "granted_by", "granted_at"])


def _delete(grants: Collection[Grant]) -> None:
    """In one statement, and past the signals, which would write a row of history for each."""
    if grants:
        rows = Grant.objects.filter(pk__in=[grant.pk for grant in grants])
        rows._raw_delete(rows.db)
