"""Spans, which decide what `as_of` shows, held against the versions that they stand for."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from events import spans
from events.verifying.faults import Fault, of_event, of_version
from events.verifying.versions import named

CHUNK = 1000


def faults_of_spans(event_id: UUID | None = None) -> Iterator[Fault]:
    """Of one event, or of all: then event by event, in the order of their ids.

    The database compares, and a cursor of its own gives what is wrong: nothing else is read. To be
    called in a transaction.
    """
    statement = spans.WRONG_OF_EVENT if event_id else spans.WRONG
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {**spans.PARAMETERS, "event": event_id})
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                yield _fault(*row)


def _fault(
    event_id: UUID, version: int | None, span: int | None, due: bool, wrong: list[str]
) -> Fault:
    if version is None:
        return of_event(event_id, "span", f"its span {span} stands for none of its versions.")
    if not due:
        says = "it is in the trash, and has a span."
    elif span is None:
        says = "it has no span."
    else:
        says = f"{named(wrong)} must not be what is in its span."
    return of_version(event_id, version, "span", says)
