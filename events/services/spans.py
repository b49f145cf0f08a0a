"""Spans brought back to what history says, should they ever differ from it."""

from uuid import UUID

from django.db import connection

from events import spans
from events.models import Event
from neofi.transactions import service

CHUNK = 50  # events that one transaction locks


def rebuild_spans() -> int:
    """Make each span what its version says it must be; count those that were not.

    Not one transaction: what has been mended stays mended, and events may be written meanwhile.
    """
    events = Event.objects.order_by("pk").values_list("pk", flat=True)
    mended, chunk = 0, list(events[:CHUNK])
    while chunk:
        mended += _rebuild(chunk)
        chunk = list(events.filter(pk__gt=chunk[-1])[:CHUNK])
    return mended + _delete_undue()


@service
def _rebuild(event_ids: list[UUID]) -> int:
    """Lock the events, and only then read: a new version would end the span of the one before."""
    locked = Event.objects.select_for_update().filter(pk__in=event_ids).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(spans.WRITE_DUE, {**spans.PARAMETERS, "events": ids})
        return cursor.rowcount


@service
def _delete_undue() -> int:
    with connection.cursor() as cursor:
        cursor.execute(spans.DELETE_UNDUE)
        return cursor.rowcount
