"""From one HISTORY_KEY to another: every chain of hashes made anew, if it holds."""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import groupby, islice
from operator import attrgetter
from uuid import UUID

from events import chain
from events.models import Event, HistoricalEvent
from events.services.locking import locked_rows
from neofi.transactions import service

CHUNK = 50  # events that one transaction changes
ROWS = 200  # versions that are in memory at once


class Outcome(StrEnum):
    REKEYED = "rekeyed"
    KEPT = "kept"  # has the new key already
    REFUSED = "refused"  # does not hold: to make it anew would hide that


def rekey_history(*, before: str, now: str) -> Iterator[tuple[UUID, Outcome]]:
    """Bring the chain of every event from the key `before` to the key `now`; an empty one is none.

    Not one transaction: what has been yielded is written, and a second run goes on from there.
    Events may be written meanwhile, if that happens with the new key.
    """
    events = Event.objects.order_by("pk").values_list("pk", flat=True)
    chunk = list(events[:CHUNK])
    while chunk:
        yield from _rekey(chunk, before, now)
        chunk = list(events.filter(pk__gt=chunk[-1])[:CHUNK])


@service
def _rekey(event_ids: Sequence[UUID], before: str, now: str) -> list[tuple[UUID, Outcome]]:
    events = {event.pk: event for event in locked_rows(pk__in=event_ids)}
    outcomes = dict.fromkeys(events, Outcome.REFUSED)  # also of one that has no versions
    for event_id, rows in groupby(_versions(events), key=attrgetter("id")):
        outcomes[event_id] = _outcome(events[event_id], rows, before, now)
    _write([events[pk] for pk, outcome in outcomes.items() if outcome == Outcome.REKEYED], now)
    return list(outcomes.items())


def _outcome(event: Event, rows: Iterator[HistoricalEvent], before: str, now: str) -> Outcome:
    """What is to be done. A chain may have the old key first, and the new one from a version on."""
    previous, number, with_new = chain.NONE, 0, 0
    for number, row in enumerate(rows, 1):
        if row.version != number:
            return Outcome.REFUSED
        if row.hash == row.hash_after(previous, now):
            with_new += 1
        elif with_new or row.hash != row.hash_after(previous, before):
            return Outcome.REFUSED
        previous = row.hash
    if (number, previous) != (event.version, event.history_head):
        return Outcome.REFUSED
    return Outcome.KEPT if with_new == number else Outcome.REKEYED


def _write(events: Sequence[Event], key: str) -> None:
    heads = dict.fromkeys([event.pk for event in events], chain.NONE)
    rows = _versions(heads)
    while some := list(islice(rows, ROWS)):
        for row in some:
            row.hash = heads[row.id] = row.hash_after(heads[row.id], key)
        HistoricalEvent.objects.bulk_update(some, ["hash"])
    for event in events:
        event.history_head = heads[event.pk]
    Event.objects.bulk_update(events, ["history_head"])


def _versions(event_ids: Collection[UUID]) -> Iterator[HistoricalEvent]:
    """Oldest first, event by event."""
    rows = HistoricalEvent.objects.filter(id__in=event_ids).order_by("id", "version")
    return rows.iterator(ROWS)
