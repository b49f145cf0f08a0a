"""Taking back everything that one request did: content and access, whole or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from rest_framework.exceptions import APIException, NotFound, PermissionDenied

from accounts.models import User
from collaboration import change_sets
from collaboration.services import inverses
from collaboration.services.access import AccessLedger
from collaboration.services.history import History, read_history
from events import content as contents
from events import lines, merging
from events.models import Event, HistoricalEvent, HistoricalGrant
from events.roles import Role
from events.services import versions
from events.services.ledger import Ledger
from events.services.locking import lock_events
from neofi.fields import user_ref
from neofi.problems import Conflict
from neofi.transactions import service


class Undone(NamedTuple):
    """The change set that an undo made (the one asked for, if nothing was left), and its events."""

    change_set: change_sets.Row
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Step:
    """One change to take back: a version, or a change of access, by the instant `at`.

    `take_back` adds it to a ledger, or nothing if that is done already. `about` says in a refusal
    which change it is.
    """

    at: datetime
    needs: Role
    take_back: Callable[[], None]
    about: Mapping[str, Any]


@service
def undo(change_set: UUID, *, by: User, note: str = "") -> Undone:
    """Take back what the change set did, newest first, as a change set of its own.

    What is taken back already stays as it is. Raises NotFound if the caller can see nothing of it;
    Conflict with `reasons` for each change that cannot be taken back, a missing role too, and with
    the number of events that are `hidden` from the caller.
    """
    history = read_history(change_set)
    events = lock_events(history.event_ids, by=by)  # those purged meanwhile are no part of it
    seen = [event for event in events.values() if event.role]
    if not seen:
        raise NotFound
    undoing = _Undoing(history, by, note)
    with lines.limited():
        reasons = [reason for event in seen for reason in undoing.attempt(event)]
    hidden = len(events) - len(seen)
    if reasons or hidden:
        raise Conflict(_sentence(reasons, hidden), "cannot_undo", reasons=reasons, hidden=hidden)
    made = undoing.write()
    also = [event.pk for event in seen]
    return Undone(change_sets.read(made, by, also) or change_sets.read(change_set, by), seen)


def _sentence(reasons: Sequence, hidden: int) -> str:
    if reasons:
        return "Not all of this can be taken back, so nothing was: see `reasons`."
    return "Parts of this are out of your sight, so nothing was taken back."


class _Undoing:
    """Two ledgers of one change set, and what is to be taken back by them."""

    def __init__(self, history: History, by: User, note: str):
        self.history, self.note = history, note
        self.ledger = Ledger(by)
        self.access = AccessLedger(by, self.ledger.change_set, note)
        rows = [row for found in history.access.values() for row in found]
        self.present = inverses.read_present(rows)

    def write(self) -> UUID:
        self.ledger.write()
        self.access.write()
        return self.ledger.change_set

    def attempt(self, event: Event) -> list[dict[str, Any]]:
        """Take back, in memory, what was done to the event; give the reasons why some cannot be."""
        reasons = []
        steps = [*self._content_steps(event), *self._access_steps(event)]
        for step in sorted(steps, key=lambda step: step.at, reverse=True):
            refusal = _refusal(event, step)
            if isinstance(refusal, PermissionDenied):
                return [_reason(event, refusal, {})]  # once, however many steps need that role
            if refusal:
                reasons.append(_reason(event, refusal, step.about))
            if refusal and "version" in step.about:
                break  # what is older was built upon by it: no word on that would be true
        return reasons

    def _content_steps(self, event: Event) -> Iterator[Step]:
        rows = self.history.versions.get(event.pk, [])
        if len(rows) > 1 and self._is_as_before(event, rows):
            return
        for row in rows:
            yield Step(
                row.history_date,
                versions.role_to_undo(row.action),
                lambda row=row: self._take_back_version(event, row),
                {"version": row.version},
            )

    def _take_back_version(self, event: Event, row: HistoricalEvent) -> None:
        before = self.history.before(row)
        versions.take_back(self.ledger, event, row, before, note=self.note)

    def _is_as_before(self, event: Event, rows: Sequence[HistoricalEvent]) -> bool:
        """Whether all of several versions together is taken back already.

        One after the other, each would clash with what the undo of the next made of the event.
        """
        before = self.history.before(rows[-1])
        if bool(event.deleted_at) != (before is None or before.deleted_at is not None):
            return False
        if before is None:
            return True
        current = contents.of(event)
        merged = merging.merge(rows[0].content, current, before.content)
        return not merged.clashes and not contents.differing(current, merged.content)

    def _access_steps(self, event: Event) -> Iterator[Step]:
        rows = self.history.access.get(event.pk, [])
        for at, change in groupby(rows, key=lambda row: row.history_date):
            change = list(change)
            yield Step(
                at,
                Role.OWNER,
                lambda change=change: inverses.take_back(self.access, event, change, self.present),
                {"user": self._user_of(change[-1])},
            )

    def _user_of(self, row: HistoricalGrant) -> dict[str, Any]:
        user = self.present.users.get(row.user_id)
        return user_ref(row.user_id, user and user.username)


def _refusal(event: Event, step: Step) -> APIException | None:
    """Why the step cannot be taken back; None if it is now, in memory, or was already."""
    before, refusal = event.history_at, None
    try:
        step.take_back()
    except Conflict as conflict:
        refusal = conflict
    if refusal is None and event.history_at == before:
        return None  # nothing was left of it, and nothing needs no role
    return refusal if Role(event.role).includes(step.needs) else PermissionDenied()


def _reason(event: Event, refusal: APIException, about: Mapping[str, Any]) -> dict[str, Any]:
    told = {"code": refusal.detail.code, "message": str(refusal.detail)}
    return {"event": event.pk, **about, **told, **getattr(refusal, "members", {})}
