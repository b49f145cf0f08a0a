"""The orders that the list of events comes in; each has an index on the grant."""

from operator import attrgetter

from neofi.pagination import Column, Keyset, instant
from neofi.problems import invalid

EVENT_ID = Column("by_event_id", attrgetter("id"))
START = Column("by_start_time", attrgetter("start_time"), instant)
UPDATED = Column("by_updated_at", attrgetter("updated_at"), instant)

ORDERINGS = {
    "start_time": Keyset("start_time", (START, EVENT_ID)),
    "-start_time": Keyset("-start_time", (START, EVENT_ID), descending=True),
    "updated_at": Keyset("updated_at", (UPDATED, EVENT_ID)),
    "-updated_at": Keyset("-updated_at", (UPDATED, EVENT_ID), descending=True),
}


def keyset_of(ordering: str) -> Keyset:
    """Raise a 400 for an order that is not offered."""
    if ordering not in ORDERINGS:
        raise invalid("ordering", f"Events are ordered by one of: {', '.join(ORDERINGS)}.")
    return ORDERINGS[ordering]
