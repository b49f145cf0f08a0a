"""An event's versions, held against what they must be, given each other and the event's row."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from events import chain, snapshots
from events import content as contents
from events.content import Content
from events.models import Event, HistoricalEvent
from events.models.history import Action
from events.verifying.faults import Fault, of_event, of_version


class Walk:
    """Goes over the versions of one event, oldest first: `add` each, then `end` with the event.

    Holds two versions at a time, however many there are. Each is judged by the one before as it
    stands, so that one change by hand is one fault and not one for every version since.
    """

    def __init__(self, event_id: UUID):
        self.event_id = event_id
        self.count = 0
        self.first: HistoricalEvent | None = None
        self.newest: HistoricalEvent | None = None
        # What follows from the versions; unknown (None) from one on that cannot be read.
        self.content: Content | None = None
        self.field_versions: dict[str, int] | None = {}
        self.moved_at: datetime | None = None

    def add(self, row: HistoricalEvent) -> Iterator[Fault]:
        before, self.first = self.newest, self.first or row
        content = read(row)
        yield from self._of_its_place(before, row)
        yield from self._of_its_columns(row, content)
        self._follow(row, content)
        self.newest, self.content = row, content
        self.count += 1

    def _of_its_place(self, before: HistoricalEvent | None, row: HistoricalEvent):
        expected = before.version + 1 if before else 1
        if row.version > expected:
            yield self._gap(expected, row.version - 1)
        elif row.version < expected:
            yield self._fault(row, "number", "versions are counted from 1 on.")
        if row.hash != row.hash_after(before.hash if before else chain.NONE):
            yield self._fault(row, "hash", "its hash does not follow from it and the hash before.")
        if before and row.history_date <= before.history_date:
            yield self._fault(row, "order", "it is not later than the version before it.")
        if row.history_user_id is None:
            yield self._fault(row, "author", "it names no author.")

    def _of_its_columns(self, row: HistoricalEvent, content: Content | None) -> Iterator[Fault]:
        """The columns that the hash does not cover follow from what it does."""
        expected = {
            "history_type": "~" if row.version > 1 else "+",
            "created_at": row.history_date if row.version == 1 else self.first.created_at,
            "updated_at": row.history_date,
            "deleted_at": deleted_at(row),
            "uid": self.first.uid,
            "split_from_id": self.first.split_from_id,
        }
        wrong = differing(row, expected)
        if content is None:
            yield self._fault(row, "snapshot", "its snapshot cannot be read.")
        else:
            wrong += contents.differing(contents.of(row), content)
        if wrong:
            yield self._fault(row, "columns", f"{named(wrong)} must not be what is in its row.")

    def _follow(self, row: HistoricalEvent, content: Content | None) -> None:
        unknown = content is None or (self.newest and self.content is None)
        if unknown or self.field_versions is None:
            self.field_versions = None
            return
        before = self.content
        changed = contents.differing(before, content) if before else contents.FIELDS
        self.field_versions |= dict.fromkeys(changed, row.version)
        if "start_time" in changed:
            self.moved_at = row.history_date

    def end(self, event: Event) -> Iterator[Fault]:
        """What is wrong with the event's row, by its versions."""
        if self.newest is None:
            yield of_event(self.event_id, "no_versions", "it has no versions.")
            return
        head = (event.version, event.history_head)
        if head != (self.newest.version, self.newest.hash):
            says = f"version {self.newest.version} must not be the newest of its history."
            yield of_event(self.event_id, "head", says)
        wrong = differing(event, self._columns_of(event))
        if self.content is not None:
            wrong += contents.differing(contents.of(event), self.content)
        if wrong:
            says = f"{named(wrong)} must not be what is in its row."
            yield of_event(self.event_id, "event", says)

    def _columns_of(self, event: Event) -> dict[str, Any]:
        """What the event's row must say; `access_at` is its newest change of access."""
        newest = self.newest
        known = {
            "created_at": self.first.created_at,
            "updated_at": newest.history_date,
            "deleted_at": deleted_at(newest),
            "history_at": max(newest.history_date, event.access_at or newest.history_date),
            "uid": newest.uid,
        }
        # These two are nulled when the row that they name is gone.
        if event.updated_by_id:
            known["updated_by_id"] = newest.history_user_id
        if event.split_from_id:
            known["split_from_id"] = newest.split_from_id
        if self.field_versions is not None:
            known |= {"field_versions": self.field_versions, "moved_at": self.moved_at}
        return known

    def _gap(self, first: int, last: int) -> Fault:
        says = f"it is missing, with all up to {last}." if last > first else "it is missing."
        return of_version(self.event_id, first, "missing", says)

    def _fault(self, row: HistoricalEvent, code: str, says: str) -> Fault:
        return of_version(self.event_id, row.version, code, says)


def read(row: HistoricalEvent) -> Content | None:
    """The content of a version; None if its snapshot is none."""
    try:
        return snapshots.read(row.snapshot)
    except Exception:  # changed by hand, it may be anything
        return None


def deleted_at(row: HistoricalEvent) -> datetime | None:
    """A version is in the trash if it is the one that went there."""
    return row.history_date if row.action == Action.DELETED else None


def differing(row: Any, expected: dict[str, Any]) -> list[str]:
    return [name for name, value in expected.items() if getattr(row, name) != value]


def named(columns: list[str]) -> str:
    return " and ".join([", ".join(columns[:-1]), columns[-1]] if columns[1:] else columns)
