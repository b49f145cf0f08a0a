"""Who has access now, held against the history of access and the event's row."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, groupby, pairwise
from operator import attrgetter
from uuid import UUID

from events.models import Event, Grant, HistoricalGrant
from events.models.history import Action
from events.querysets import FEW, OPEN
from events.roles import Role
from events.verifying.faults import Fault, of_event

# Column of the grant: the event's, which a trigger copies.
COPIES = {
    "event_moved_at": "moved_at",
    "event_start_time": "start_time",
    "event_end_time": "end_time",
    "event_status": "status",
    "event_deleted_at": "deleted_at",
}


# What a grant copies of many: only whoever goes over all of them can tell.
OF_ALL = ("event_owner_id", "event_updated_at")


def faults_of_access(event: Event, rows: Iterator[Grant | HistoricalGrant]) -> Iterator[Fault]:
    """Rows come person by person: the grant, if there is one, then the history, newest first."""
    owners, copied = [], Counter()
    for user_id, group in _by_person(rows):
        first = next(group)
        grant = first if isinstance(first, Grant) else None
        if grant:
            owners += [user_id] if grant.role == Role.OWNER else []
            copied[tuple(getattr(grant, name) for name in OF_ALL)] += 1
            yield from _faults_of_copies(event, grant)
        history = group if grant else chain([first], group)
        yield from _faults_of_person(event, user_id, grant, history)
    if len(owners) != 1:
        yield of_event(event.pk, "owner", f"it has {len(owners)} owners.")
    else:
        yield from _faults_of_all(event, owners[0], copied)


def _by_person(rows: Iterator[Grant | HistoricalGrant]) -> Iterator[tuple[UUID, Iterator]]:
    return groupby(rows, key=attrgetter("user_id"))


def _faults_of_copies(event: Event, grant: Grant) -> Iterator[Fault]:
    wrong = [
        copy for copy, column in COPIES.items() if getattr(grant, copy) != getattr(event, column)
    ]
    if wrong:
        says = f"the grant of user {grant.user_id} does not copy it in {', '.join(wrong)}."
        yield of_event(event.pk, "grant_copies", says)


def _faults_of_all(event: Event, owner_id: UUID, copied: Counter) -> Iterator[Fault]:
    """`copied` counts what the grants have copied of OF_ALL: of each it must be the same in all."""
    updated_at = event.updated_at if copied.total() <= FEW else OPEN
    for place, right in enumerate((owner_id, updated_at)):
        wrong = sum(count for found, count in copied.items() if found[place] != right)
        if wrong:
            says = f"{wrong} of its {copied.total()} grants do not copy {OF_ALL[place]}."
            yield of_event(event.pk, "grant_copies", says)


def _faults_of_person(
    event: Event, user_id: UUID, grant: Grant | None, history: Iterator[HistoricalGrant]
) -> Iterator[Fault]:
    newest = next(history, None)
    role, recorded = grant and grant.role, role_after(newest)
    if role != recorded:
        says = f"user {user_id} has the role {role}, and {recorded} by the history of access."
        yield of_event(event.pk, "access", says)
    elif grant and not _is_granted_by(grant, newest):
        says = f"the grant of user {user_id} is not by whom, or when, its history says."
        yield of_event(event.pk, "granted", says)
    if newest:
        yield from _faults_of_history(event, user_id, chain([newest], history))


def _is_granted_by(grant: Grant, row: HistoricalGrant) -> bool:
    # The giver is nulled when the account is gone.
    return grant.granted_at == row.history_date and grant.granted_by_id in (
        row.history_user_id,
        None,
    )


def _faults_of_history(
    event: Event, user_id: UUID, rows: Iterator[HistoricalGrant]
) -> Iterator[Fault]:
    for row, before in pairwise(chain(rows, [None])):
        if row.previous_role != role_after(before):
            says = f"what is before {row.action} of user {user_id} in the history is missing."
            yield of_event(event.pk, "access_history", says)
        if row.history_user_id is None:
            says = f"{row.action} of user {user_id} names no author."
            yield of_event(event.pk, "author", says)


def role_after(row: HistoricalGrant | None) -> str | None:
    """The role that a row of history leaves a person with; None for none."""
    if row is None or row.action in (Action.REVOKED, Action.LEFT):
        return None
    return row.role
