"""The journal against the rows of history, as plain SQL reads them. Pure: rows in, faults out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .journal import Outcome, Rows, Write


class Kind(StrEnum):
    LOST = "lost"
    DOUBLED = "doubled"
    TORN = "torn"  # a part of a write without the rest
    STRAY = "stray"  # in the database without having been asked for, or in spite of a refusal
    DIFFERS = "differs"  # from what was acknowledged
    BROKEN = "broken"  # rows that do not go together
    ANSWER = "answer"  # a status, or a delay, that must not be


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of history; `version` is None for one of access."""

    marker: str
    event: str
    change_set: str
    at: datetime
    version: int | None = None
    title: str = ""
    metadata: Mapping[str, Any] | None = None


def judge(writes: Iterable[Write], rows: Iterable[Row]) -> list[Fault]:
    """Everything in which the database is not what the clients were told. No row twice."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.marker].append(row)
    faults = []
    for write in writes:
        faults += faults_of(write, found.pop(write.marker, []))
    faults += [Fault(Kind.STRAY, f"{marker}: nobody sent it.") for marker in found]
    return faults


def faults_of(write: Write, rows: list[Row]) -> Iterator[Fault]:
    says = f"{write.marker} ({write.ask.kind}, {write.outcome})"
    match write.outcome:
        case Outcome.DONE:
            yield from _faults_of_done(write, rows, says)
        case Outcome.UNKNOWN:
            if rows:
                yield from _faults_of_whole(write, rows, says)
        case Outcome.NOTHING if write.ask.certain and write.ask.rows != Rows():
            yield Fault(Kind.LOST, f"{says}: it was accepted, and names no change set.")
        case _ if rows:
            yield Fault(Kind.STRAY, f"{says}: {_counted(rows)} were written all the same.")


def _faults_of_done(write: Write, rows: list[Row], says: str) -> Iterator[Fault]:
    if not rows:
        yield Fault(Kind.LOST, f"{says}: no row of it is there.")
        return
    yield from _faults_of_whole(write, rows, says)
    if any(row.change_set != write.change_set for row in rows):
        yield Fault(Kind.DIFFERS, f"{says}: not all of it is of change set {write.change_set}.")
    yield from _faults_of_versions(write, rows, says)
    if write.ask.keyed:
        yield from _faults_of_replay(write, rows, says)


def _faults_of_whole(write: Write, rows: list[Row], says: str) -> Iterator[Fault]:
    """All the rows of a write, once."""
    have = _counted(rows)
    if have.versions < write.rows.versions or have.access < write.rows.access:
        yield Fault(Kind.TORN, f"{says}: {have} of {write.rows}.")
    elif have != write.rows or len({row.change_set for row in rows}) > 1:
        yield Fault(Kind.DOUBLED, f"{says}: {have} for {write.rows}.")


def _faults_of_versions(write: Write, rows: list[Row], says: str) -> Iterator[Fault]:
    """What was shown as written is what stands in history."""
    stored = {(row.event, row.version): row for row in rows}
    for shown in write.versions:
        row = stored.get((shown.event, shown.number))
        place = f"{says}: version {shown.number} of {shown.event}"
        if row is None:
            yield Fault(Kind.LOST, f"{place} is not there.")
        elif (row.title, row.metadata) != (shown.title, shown.metadata):
            yield Fault(Kind.DIFFERS, f"{place} has another content than was acknowledged.")


def _faults_of_replay(write: Write, rows: list[Row], says: str) -> Iterator[Fault]:
    """What was done before the last request was sent is answered as a repetition.

    The other way round it need not be: an earlier request may have been done after that, too.
    """
    done_before = write.sent_at is not None and rows[0].at < write.sent_at
    if done_before and not write.replayed:
        yield Fault(Kind.DIFFERS, f"{says}: done before it was sent, and answered as if new.")
    if write.replayed and write.attempts == 1:
        yield Fault(Kind.DIFFERS, f"{says}: answered as a repetition, and sent once.")


def _counted(rows: list[Row]) -> Rows:
    versions = sum(row.version is not None for row in rows)
    return Rows(versions, len(rows) - versions)
