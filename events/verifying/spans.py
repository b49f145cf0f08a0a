"""Spans and stays, which decide what `as_of` shows, held against their versions."""

from collections.abc import Iterator
from heapq import merge
from operator import attrgetter
from uuid import UUID

from django.db import connection

from events.spans import DERIVED, PARAMETERS, Derived
from events.verifying.faults import Fault, of_event, of_version
from events.verifying.versions import named

CHUNK = 1000
UNDUE = {"span": "it is in the trash", "stay": "it did not move"}


def faults_of_spans(event_id: UUID | None = None) -> Iterator[Fault]:
    """Of one event, or of all: then event by event, in the order of their ids.

    To be called in a transaction.
    """
    found = (_faults_of(derived, event_id) for derived in DERIVED)
    return merge(*found, key=attrgetter("event_id"))


def _faults_of(derived: Derived, event_id: UUID | None) -> Iterator[Fault]:
    """The database compares, and a cursor of its own gives what is wrong: nothing else is read."""
    statement = derived.wrong_of_event if event_id else derived.wrong
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {**PARAMETERS, "event": event_id})
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                yield _fault(derived.name, *row)


def _fault(
    name: str, event_id: UUID, version: int | None, found: int | None, due: bool, wrong: list[str]
) -> Fault:
    if version is None:
        return of_event(event_id, name, f"its {name} {found} stands for none of its versions.")
    if not due:
        says = f"{UNDUE[name]}, and has a {name}."
    elif found is None:
        says = f"it has no {name}."
    else:
        says = f"{named(wrong)} must not be what is in its {name}."
    return of_version(event_id, version, name, says)
