"""Verifying the history of one event."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain as one_by_one
from itertools import islice
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from events import chain
from events.models import Event, HistoricalEvent, HistoricalGrant
from events.verifying.faults import Fault
from events.verifying.spans import faults_of_spans
from events.verifying.versions import Walk
from neofi.transactions import one_moment

# Rows fetched at once: of the largest versions, some 20 MB.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    versions: int
    head: str
    faults: list[Fault]


def verify(event_id: UUID, most: int = 20) -> Verdict | None:
    """Whether an event's history, and its spans, are what was written; the first `most` faults.

    None if there is no such event. What is written meanwhile is not seen.
    """
    with one_moment():
        event = events_to_verify().filter(pk=event_id).first()
        if event is None:
            return None
        walk = Walk(event_id)
        versions = HistoricalEvent.objects.of_event(event_id).order_by("version")
        of_versions = faults_of_versions(walk, event, versions.iterator(CHUNK))
        found = one_by_one(of_versions, faults_of_spans(event_id))
        faults = list(islice(found, most))
        for _ in found:
            pass  # on to the newest version
    return Verdict(walk.count, walk.newest.hash if walk.newest else chain.NONE, faults)


def events_to_verify() -> QuerySet[Event]:
    """Events with the instant of their newest change of access, which `history_at` is about too."""
    access = HistoricalGrant.objects.filter(event=OuterRef("pk")).order_by("-history_date")
    return Event.objects.annotate(access_at=Subquery(access.values("history_date")[:1]))


def faults_of_versions(
    walk: Walk, event: Event, versions: Iterator[HistoricalEvent]
) -> Iterator[Fault]:
    for row in versions:
        yield from walk.add(row)
    yield from walk.end(event)
