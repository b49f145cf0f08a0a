"""What a write would do, told from inside the transaction that did it and is about to be undone."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from rest_framework.exceptions import APIException

from accounts.models import User
from events import changelog, diffing
from events.models import Event, Grant, HistoricalEvent
from neofi.fields import user_ref

# Of one event: a list that is shown to a person.
MOST_TOLD = 100

Change = dict[str, Any]
People = dict[UUID, str]


@dataclass(slots=True)
class Report:
    """What would become of one event, `event` being how the caller would see it (None: no more).

    `changes` are rows of the changelog's kind; `conflicts` what `resolve` would settle in a merge.
    """

    event: Event | None
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    would_tell: list[dict[str, Any]] = field(default_factory=list)


def reports(
    concerned: Sequence[Event | Grant | APIException],
    *,
    change_set: UUID | None,
    by: User,
    told: dict[UUID, People],
) -> list[Report | APIException]:
    """On each of what a request was about, in order; a refused item stands as it is.

    `told` are those who had access before, for a purge leaves nobody to be found. A constant number
    of queries.
    """
    ids = {event_id_of(one) for one in concerned if not isinstance(one, APIException)}
    written = _read(ids, change_set, by, told)
    return [one if isinstance(one, APIException) else written.report(one) for one in concerned]


def event_id_of(one: Event | Grant) -> UUID:
    return one.pk if isinstance(one, Event) else one.event_id


@dataclass(frozen=True, slots=True)
class _Written:
    """What one change set did to some events. `versions` are numbers, each told of once."""

    events: dict[UUID, Event]
    versions: dict[UUID, list[int]]
    contents: dict[tuple[UUID, int], HistoricalEvent]
    access: dict[UUID, list[Change]]
    people: dict[UUID, People]
    by: User

    def report(self, one: Event | Grant) -> Report:
        event_id = event_id_of(one)
        access = self.access.get(event_id, [])
        people = self.people.get(event_id, {}) | {
            change["user"]["id"]: change["user"]["username"] for change in access
        }
        people.pop(self.by.pk, None)
        told = sorted(people.items(), key=_by_name)[:MOST_TOLD]
        return Report(
            self._event_after(one),
            changes=[*self._content_changes(one), *access],
            conflicts=[clash.row() for clash in getattr(one, "settled", ())],
            would_tell=[user_ref(*person) for person in told],
        )

    def _event_after(self, one: Event | Grant) -> Event | None:
        """Right after that operation, of which others about the same event may have come later."""
        if isinstance(one, Event) and one.written:
            return None if one.deleted_at else one
        return self.events.get(event_id_of(one))

    def _content_changes(self, one: Event | Grant) -> list[Change]:
        """Of the versions up to this state of the event that none has told of."""
        if not isinstance(one, Event):
            return []
        numbers = self.versions.get(one.pk, [])
        mine = [number for number in numbers if number <= one.version]
        if not mine:
            return []
        self.versions[one.pk] = numbers[len(mine) :]
        before, after = self.contents.get((one.pk, mine[0] - 1)), self.contents[one.pk, mine[-1]]
        return diffing.changes(before and before.content, after.content)


def _by_name(person: tuple[UUID, str]) -> str:
    return person[1]


def _read(
    ids: Collection[UUID], change_set: UUID | None, by: User, told: dict[UUID, People]
) -> _Written:
    seen = Event.objects.visible_to(by).as_seen_by_caller().filter(pk__in=ids)
    events = {event.pk: event for event in seen}
    if change_set is None:
        # Nothing was changed, or nothing is left of it.
        gone = {id: people for id, people in told.items() if id not in events}
        return _Written(events, {}, {}, {}, gone, by)
    versions = defaultdict(list)
    rows = HistoricalEvent.objects.filter(change_set=change_set, id__in=ids).order_by("version")
    for event_id, version in rows.values_list("id", "version"):
        versions[event_id].append(version)
    access = changelog.access_changes(change_set, ids)
    people = people_of(ids, but=by)
    touched = {id: told.get(id, {}) | people.get(id, {}) for id in {*versions, *access}}
    return _Written(events, versions, _contents(versions), access, touched, by)


def _contents(versions: dict[UUID, list[int]]) -> dict[tuple[UUID, int], HistoricalEvent]:
    """Those versions and the ones before them."""
    wanted = {(id, n) for id, numbers in versions.items() for v in numbers for n in (v - 1, v)}
    rows = HistoricalEvent.objects.at(wanted).only("id", "version", "snapshot")
    return {(row.id, row.version): row for row in rows}


def people_of(event_ids: Collection[UUID], *, but: User) -> dict[UUID, People]:
    """Who has access to each event, but for one; by name, up to MOST_TOLD each."""
    if not event_ids:
        return {}
    rank = Window(RowNumber(), partition_by="event_id", order_by="user__username")
    grants = Grant.objects.filter(~Q(user=but), event__in=event_ids)
    found = defaultdict(dict)
    for row in grants.annotate(rank=rank, name=F("user__username")).filter(rank__lte=MOST_TOLD):
        found[row.event_id][row.user_id] = row.name
    return found
