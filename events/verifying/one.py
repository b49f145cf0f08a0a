"""Verifying the history of one event."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from events import chain
from events.models import Event, HistoricalEvent, HistoricalGrant
from events.verifying.faults import Fault
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
    """Whether an event's history is what was written, with the first faults, up to `most`.

    None if there is no such event. What is written meanwhile is not seen.
    """
    with one_moment():
        event = events_to_verify().filter(pk=event_id).first()
        if event is None:
            return None
        walk = Walk(event_id)
        versions = HistoricalEvent.objects.of_event(event_id).order_by("version")
        found = faults_of_versions(walk, event, versions.iterator(CHUNK))
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
