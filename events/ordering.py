"""The orders that the list of events comes in; each has an index on the grant."""

from collections.abc import Sequence
from operator import attrgetter

from events.querysets import EventQuerySet
from neofi.pagination import Column, Keyset, instant
from neofi.problems import invalid

EVENT_ID = Column("by_event_id", attrgetter("id"))
START = Column("by_start_time", attrgetter("start_time"), instant)
UPDATED = Column("by_updated_at", attrgetter("updated_at"), instant)


class EventKeyset(Keyset):
    """An order of events, which may be read in parts (EventQuerySet.parts)."""

    __slots__ = ()

    @property
    def order(self) -> str:
        return self.name.removeprefix("-")

    def slice(
        self, queryset: EventQuerySet, position: Sequence | None, backward: bool, limit: int
    ) -> EventQuerySet:
        """As of any Keyset. Of several parts a page is cut from each, and one from those."""
        parts = queryset.parts(self.order)
        pages = [Keyset.slice(self, part, position, backward, limit) for part in parts]
        if len(pages) == 1:
            return pages[0]
        down = "-" if self.descending != backward else ""
        joined = pages[0].union(*pages[1:], all=True)
        return joined.order_by(f"{down}{self.order}", f"{down}id")[:limit]


ORDERINGS = {
    "start_time": EventKeyset("start_time", (START, EVENT_ID)),
    "-start_time": EventKeyset("-start_time", (START, EVENT_ID), descending=True),
    "updated_at": EventKeyset("updated_at", (UPDATED, EVENT_ID)),
    "-updated_at": EventKeyset("-updated_at", (UPDATED, EVENT_ID), descending=True),
}


def keyset_of(ordering: str) -> Keyset:
    """Raise a 400 for an order that is not offered."""
    if ordering not in ORDERINGS:
        raise invalid("ordering", f"Events are ordered by one of: {', '.join(ORDERINGS)}.")
    return ORDERINGS[ordering]
