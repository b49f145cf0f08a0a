"""Verifying every event there is, with its access, in the memory that one of them takes."""

from collections.abc import Callable, Iterator
from heapq import merge
from operator import itemgetter
from uuid import UUID

from django.db.models import QuerySet

from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.verifying.access import faults_of_access
from events.verifying.faults import Fault, of_event
from events.verifying.one import CHUNK, events_to_verify, faults_of_versions
from events.verifying.spans import faults_of_spans
from events.verifying.versions import Walk
from neofi.transactions import one_moment

# The parts of an event, in the order in which they are judged.
ROW, VERSIONS, SPANS, ACCESS = range(4)
# Where PostgreSQL sorts what names no event, or nobody: behind all others.
NONE = UUID(int=2**128 - 1)


class Inspection:
    """Every event there is, against its history and its access; counts what it has seen."""

    def __init__(self):
        self.events = self.versions = self.access = 0

    def faults(self, after_each: Callable[[], None] = lambda: None) -> Iterator[Fault]:
        """Every fault there is, event by event, all of it as of one moment.

        A transaction that only reads is open until the last fault is taken.
        """
        with one_moment():
            rows = Rows(_everything())
            while (event_id := rows.event_id) is not None:
                event = next(rows.of(event_id, ROW), None)
                if event:
                    yield from self._faults_of(event, rows)
                else:
                    yield from self._faults_of_stray(event_id, rows)
                after_each()

    def _faults_of(self, event: Event, rows: "Rows") -> Iterator[Fault]:
        self.events += 1
        walk = Walk(event.pk)
        yield from faults_of_versions(walk, event, rows.of(event.pk, VERSIONS))
        self.versions += walk.count
        yield from rows.of(event.pk, SPANS)
        yield from faults_of_access(event, self._counted(rows.of(event.pk, ACCESS)))

    def _faults_of_stray(self, event_id: UUID, rows: "Rows") -> Iterator[Fault]:
        versions = sum(1 for _ in rows.of(event_id, VERSIONS))
        yield from rows.of(event_id, SPANS)
        access = sum(1 for _ in rows.of(event_id, ACCESS))
        self.versions += versions
        self.access += access
        if versions or access:
            says = f"it is not there, but {versions} versions and {access} rows of access are."
            yield of_event(event_id, "no_event", says)

    def _counted(self, rows: Iterator) -> Iterator:
        for row in rows:
            self.access += isinstance(row, HistoricalGrant)
            yield row


class Rows:
    """Keyed rows, to be taken part by part; `event_id` is that of the next, None at the end."""

    def __init__(self, keyed: Iterator[tuple[tuple, object]]):
        self._keyed = keyed
        self._advance()

    def of(self, event_id: UUID, part: int) -> Iterator:
        """The next rows, as far as they are of this part of this event."""
        while self._key[:2] == (event_id, part):
            row = self._row
            self._advance()
            yield row

    def _advance(self) -> None:
        self._key, self._row = next(self._keyed, ((None, None), None))
        self.event_id = self._key[0]


def _everything() -> Iterator[tuple[tuple, object]]:
    """Every row behind its key: five cursors, each in order, joined in order.

    So the rows of an event are together, and of each table one chunk is in memory. Of spans there
    are the faults alone, which the database finds.
    """
    events = events_to_verify().order_by("pk")
    versions = HistoricalEvent.objects.order_by("id", "version")
    grants = Grant.objects.order_by("event", "user")
    access = HistoricalGrant.objects.order_by("event", "user", "-history_date", "-history_id")
    return merge(
        _keyed(events, lambda event: (event.pk, ROW)),
        _keyed(versions, lambda version: (version.id, VERSIONS)),
        (((fault.event_id, SPANS), fault) for fault in faults_of_spans()),
        _keyed(grants, lambda grant: (grant.event_id, ACCESS, grant.user_id, 0)),
        _keyed(access, lambda row: (row.event_id or NONE, ACCESS, row.user_id or NONE, 1)),
        key=itemgetter(0),
    )


def _keyed(rows: QuerySet, key: Callable) -> Iterator[tuple[tuple, object]]:
    return ((key(row), row) for row in rows.iterator(CHUNK))
