"""What the clients sent and what they were told: the oracle that the database is held against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    UNKNOWN = "unknown"  # no answer, or one that cannot tell: done wholly, or not at all
    DONE = "done"
    NOTHING = "nothing"  # accepted, and there was nothing to do
    REFUSED = "refused"  # or never sent, for nobody listened


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows of history something makes: of content, and of access."""

    versions: int = 0
    access: int = 0


ONE_VERSION = Rows(versions=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. A write says what it makes of history if it is done; a read makes nothing.

    `certain` is a write that cannot be accepted without changing something. After `hang_up` seconds
    the client goes away without its answer, the first time.
    """

    kind: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    rows: Rows = Rows()
    certain: bool = True
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: float | None = None

    @property
    def keyed(self) -> bool:
        return "Idempotency-Key" in self.headers


@dataclass(frozen=True, slots=True)
class Version:
    """A version as an answer showed it."""

    event: str
    number: int
    title: str
    metadata: Mapping[str, Any]


@dataclass(slots=True)
class Write:
    """One write, however often it was sent. `marker` is the note of every row that it makes."""

    marker: str
    by: str  # the person's id
    ask: Ask
    outcome: Outcome = Outcome.UNKNOWN
    rows: Rows = Rows()
    change_set: str | None = None
    versions: list[Version] = field(default_factory=list)
    replayed: bool = False
    attempts: int = 0
    sent_at: datetime | None = None  # the last time


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, or the lack of one (`status` is 0). Times are of time.monotonic()."""

    kind: str
    status: int
    code: str
    began: float
    ended: float
    problem: bool = False  # of the media type of problems
    retry_after: str = ""
    text: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.began


class Journal:
    """Of one scenario. Threads only ever append to its lists, so that none needs a lock."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.answers: list[Answer] = []
        self.hung_up: list[float] = []  # after how many seconds

    def begin(self, marker: str, by: str, ask: Ask) -> Write:
        write = Write(marker, by, ask, rows=ask.rows)
        self.writes.append(write)
        return write

    def count(self, outcome: Outcome) -> int:
        return sum(write.outcome == outcome for write in self.writes)

    @property
    def retries(self) -> int:
        return sum(max(write.attempts - 1, 0) for write in self.writes)

    @property
    def longest(self) -> float:
        return max((answer.seconds for answer in self.answers), default=0.0)
