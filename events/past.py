"""The list of events as it was at some instant, in pages.

What has kept its place in the order since then is found in today's calendar, in its order; what has
changed its place, among the spans of versions that have ended since. A page is cut out of both.
"""

from collections.abc import Callable
from datetime import datetime

from events import content as contents
from events import snapshots
from events.models import Event
from events.ordering import EventKeyset
from events.querysets import EventQuerySet


def parts(events: EventQuerySet, at: datetime, keyset: EventKeyset) -> list[EventQuerySet]:
    """The parts, for filters to narrow; `events` has come through a door."""
    kept = [part.in_place_since(at, keyset.order) for part in events.parts(keyset.order)]
    return [*kept, events.out_of_place_since(at, keyset.order)]


def pager(narrowed: list[EventQuerySet], keyset: EventKeyset) -> Callable:
    """What `KeysetPagination.paginate` fetches with. One statement, whose rows are cut again."""

    def fetch(position: tuple | None, backward: bool, limit: int) -> list[Event]:
        first, *others = (keyset.slice(part, position, backward, limit) for part in narrowed)
        rows = [as_it_was(event) for event in first.union(*others, all=True)]
        down = keyset.descending != backward
        return sorted(rows, key=keyset.position, reverse=down)[:limit]

    return fetch


def as_it_was(event: Event) -> Event:
    """The same, with what `EventQuerySet.as_of` has found laid over what is there today."""
    content = snapshots.read(event.then_snapshot)
    for name in contents.FIELDS:
        setattr(event, name, content[name])
    event.version, event.updated_at = event.then_version, event.then_since
    # As `updated_by` is kept: nobody once the account is gone.
    event.updated_by_id = event.then_by_id if event.updated_by_username else None
    return event
