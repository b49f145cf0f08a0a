"""The rows of history of one change set, read to be taken back.

They may be read before the locks: no row ever changes, and none comes to a change set later.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from events.models import HistoricalEvent, HistoricalGrant
from events.models.history import ACCESS_ACTIONS
from events.services.editing import Place

# What undoing reads of a version.
_VERSION = ("id", "version", "action", "history_date", "snapshot", "deleted_at")


@dataclass(frozen=True, slots=True)
class History:
    """By event, each newest first. `places` has the versions, and those before them."""

    versions: dict[UUID, list[HistoricalEvent]]
    access: dict[UUID, list[HistoricalGrant]]
    places: dict[Place, HistoricalEvent]

    @property
    def event_ids(self) -> set[UUID]:
        return {*self.versions, *self.access}

    def before(self, row: HistoricalEvent) -> HistoricalEvent | None:
        """The version before; None before a creation."""
        return self.places.get((row.id, row.version - 1))


def read_history(change_set: UUID) -> History:
    """In three queries; in two if no version of it has one before."""
    versions, access = defaultdict(list), defaultdict(list)
    rows = HistoricalEvent.objects.filter(change_set=change_set).only(*_VERSION)
    for row in rows.order_by("id", "-version"):
        versions[row.id].append(row)
    of_access = HistoricalGrant.objects.filter(change_set=change_set, action__in=ACCESS_ACTIONS)
    for row in of_access.order_by("event", "-history_date", "history_id"):
        access[row.event_id].append(row)
    places = {(row.id, row.version): row for found in versions.values() for row in found}
    before = {(id, version - 1) for id, version in places if version > 1} - places.keys()
    return History(dict(versions), dict(access), places | _read(before))


def _read(places: Collection[Place]) -> dict[Place, HistoricalEvent]:
    rows = HistoricalEvent.objects.at(places).only(*_VERSION)
    return {(row.id, row.version): row for row in rows}
