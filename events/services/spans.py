"""Spans and stays brought back to what history says, should they ever differ from it."""

from uuid import UUID

from django.db import connection

from events import spans
from events.models import Event
from events.services.locking import locked_rows
from neofi.transactions import service

CHUNK = 50  # events that one transaction locks


def rebuild_spans() -> int:
    """Make each span and stay what the versions say it must be; count those that were not.

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
    ids = list(locked_rows(pk__in=event_ids).values_list("pk", flat=True))
    parameters = {**spans.PARAMETERS, "events": ids}
    return sum(_count(derived.write_due, parameters) for derived in spans.DERIVED)


@service
def _delete_undue() -> int:
    return sum(_count(derived.delete_undue) for derived in spans.DERIVED)


def _count(statement: str, parameters: dict | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount
