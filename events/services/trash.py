"""Emptying the trash, as the system: no person asks for it, and no role is asked about."""

from datetime import datetime
from uuid import UUID

from events.models import Event
from events.services.locking import locked_rows
from events.services.writing import remove
from neofi.transactions import service

CHUNK = 100  # events that one transaction removes


def purge_trash(*, thrown_away_before: datetime) -> int:
    """Remove for good what has been in the trash since before that instant; count it.

    Not one transaction: what has been removed stays removed, and no lock is held for long.
    """
    purged = 0
    old = Event.objects.in_trash_since(thrown_away_before).order_by("deleted_at", "pk")
    while chunk := list(old.values_list("pk", flat=True)[:CHUNK]):
        purged += _purge(chunk, thrown_away_before)
    return purged


@service
def _purge(event_ids: list[UUID], thrown_away_before: datetime) -> int:
    """Lock the events, and only then see which of them are still to go: some may be restored."""
    rows = locked_rows(pk__in=event_ids)
    old = [event for event in rows if event.deleted_at and event.deleted_at < thrown_away_before]
    for event in old:
        remove(event)
    return len(old)
