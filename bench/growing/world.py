"""Who and what is in a world of a given size. Pure: everything follows from numbers.

Whatever is asked for by a filter is there twenty times among the reader's events, and as often
among as many of others, in a world of any size; the rest grows with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

READER, ADA = 0, 1  # the one who asks, and one who lets them see twenty events
FEW = 20

CREATED = datetime(2025, 1, 1, tzinfo=UTC)  # over the 300 days from here,
EDITED = CREATED + timedelta(days=300)  # over the 100 days from here,
LATELY = EDITED + timedelta(days=100)  # and at last, of twenty alone
CALENDAR = datetime(2026, 1, 1, tzinfo=UTC)  # an event every hour
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# The same in a world of any size: three events over all of the calendar.
LASTING = {11: 400, 12: 4_000, 13: 20_000}  # days


@dataclass(frozen=True)
class World:
    """`events` are all, `visible` the reader's; `versions` and `people` are those of one event."""

    users: int
    events: int
    visible: int
    versions: int
    people: int

    @classmethod
    def of(cls, scale: float) -> "World":
        """1 is what the bars are about; a world of 0.01 has the same shape."""
        sizes = (100_000, 1_000_000, 100_000, 10_000, 1_000)
        return cls(*(round(size * scale) for size in sizes))

    @property
    def busy(self) -> int:
        """The number of the event with many versions."""
        return self.events

    @property
    def crowded(self) -> int:
        """The one that is shared with many people; the one behind it with ten."""
        return self.events + 1

    @property
    def boards(self) -> range:
        """Some of the reader's that are shared with a hundred people each."""
        return range(self.events + 3, self.events + 3 + self.visible // 1000)

    def numbers(self) -> Iterator[int]:
        yield from range(self.boards.stop)

    def class_of(self, number: int) -> int | None:
        """Which of the few it is among: 0 to 4, else None."""
        found = number % (self.visible // FEW)
        return found if found < 5 and number < self.events else None

    def owner(self, number: int) -> int:
        if number >= self.events:
            return READER
        if number < self.visible:
            return ADA if self.class_of(number) == 4 else READER
        return 2 + number % (self.users - 2)

    def guests(self, number: int) -> list[tuple[int, str]]:
        """With whom it is shared, and their roles."""
        if number in (self.crowded, self.crowded + 1) or number in self.boards:
            count = {self.crowded: self.people, self.crowded + 1: 10}.get(number, 100)
            return [(2 + (number + n) % (self.users - 2), "editor") for n in range(count)]
        if number < self.visible and self.owner(number) == ADA:
            return [(READER, "viewer")]
        if number % 5 == 0 and number < self.events:
            return [(2 + (number + 1) % (self.users - 2), "viewer")]
        return []

    def start(self, number: int) -> datetime:
        """Scattered over the calendar, which is as long as the reader has events."""
        return CALENDAR + number * 7919 % self.visible * HOUR

    def length(self, number: int) -> timedelta:
        if number in LASTING:
            return LASTING[number] * DAY
        return 3 * DAY if number % 100 == 7 else HOUR

    def created_at(self, number: int) -> datetime:
        return CREATED + self._place(number, 104_729) * timedelta(days=300)

    def edited_at(self, number: int) -> datetime:
        return EDITED + self._place(number, 15_485_863) * timedelta(days=100)

    def changes(self, number: int) -> list[tuple[datetime, str]]:
        """What happened to it after its creation: `moved` or `retitled`, and when."""
        if number == self.busy:
            between = timedelta(days=100) / self.versions
            return [(EDITED + n * between, "retitled") for n in range(1, self.versions)]
        kinds = {3: "moved", 4: "retitled", 5: "retitled"}
        found = []
        if number % 10 in kinds:
            found.append((self.edited_at(number), kinds[number % 10]))
        if number < self.visible and self.class_of(number) == 3:
            found.append((LATELY + number * timedelta(seconds=1), "retitled"))
        return found

    def _place(self, number: int, prime: int) -> float:
        """Scattered between 0 and 1."""
        return number * prime % self.events / self.events


def user_id(number: int) -> UUID:
    return _uuid(0, number)


def event_id(number: int) -> UUID:
    return _uuid(1 << 40, number)


def change_set(number: int, version: int) -> UUID:
    return _uuid((2 << 40) + version, number)


def _uuid(kind: int, number: int) -> UUID:
    return UUID(int=(kind + number) << 80 | 7 << 76 | 8 << 60 | number)
