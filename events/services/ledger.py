"""How writes become versions. Everything here runs inside a service, under the events' locks."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from events import content as contents
from events.content import Content
from events.models import Event, HistoricalEvent
from events.models.history import Action, Change, made, row_of
from events.roles import Role
from events.services.ledger_sql import write_changed, write_created
from neofi.ids import uuid7


def next_instant(event: Event) -> datetime:
    """Now, or just after the event's newest row, should the clock have gone back."""
    return max(timezone.now(), event.history_at + timedelta(microseconds=1))


class Ledger:
    """What one person writes in one transaction: versions, added in memory, then written at once.

    However many events and versions, `write` takes one statement for the new events and one for the
    changed ones. All of it is one change set.
    """

    def __init__(self, by: User, change_set: UUID | None = None):
        self.by = by
        self.change_set = change_set or uuid7()
        self._created: list[Event] = []
        self._first_versions: list[HistoricalEvent] = []
        self._changed: dict[UUID, Event] = {}
        self._versions: list[HistoricalEvent] = []

    def create(self, content: Content, note: str = "") -> Event:
        """A new event with that content, owned by the ledger's person."""
        at = timezone.now()
        event = made(
            Event,
            **content,
            created_at=at,
            updated_at=at,
            history_at=at,
            moved_at=at,
            updated_by_id=self.by.pk,
            field_versions=dict.fromkeys(contents.FIELDS, 1),
        )
        event.uid = str(event.pk)
        # What EventQuerySet.as_seen_by_caller would annotate.
        event.role, event.owner_id = Role.OWNER.value, self.by.pk
        event.owner_username = event.updated_by_username = self.by.username
        event.change = Change(Action.CREATED, self.by.pk, at, self.change_set, note)
        self._first_versions.append(row_of(event, "+"))
        self._created.append(event)
        return event

    def change_content(self, event: Event, action: Action, content: Content, **told) -> None:
        """Give the event that content, as its next version; what changes nothing makes none."""
        changed = contents.differing(contents.of(event), content)
        if not changed:
            return
        # A new dict: copies of the event, as it was before, keep the old one.
        event.field_versions = event.field_versions | dict.fromkeys(changed, event.version + 1)
        for name in changed:
            setattr(event, name, content[name])
        self.add_version(event, action, **told)
        if "start_time" in changed:
            event.moved_at = event.updated_at

    def add_version(
        self,
        event: Event,
        action: Action,
        *,
        note: str = "",
        source_version: int | None = None,
        merged_from: int | None = None,
    ) -> None:
        """The event's next version: into the trash if `action` says so, else out of it."""
        at = next_instant(event)
        event.change = Change(
            action, self.by.pk, at, self.change_set, note, source_version, merged_from
        )
        event.version += 1
        event.updated_at = event.history_at = at
        event.updated_by_id, event.updated_by_username = self.by.pk, self.by.username
        event.deleted_at = at if action == Action.DELETED else None
        self._versions.append(row_of(event, "~"))
        self._changed[event.pk] = event

    def write(self) -> None:
        """Into the database. The rows of changed events must be locked."""
        write_created(self._created, self._first_versions)
        write_changed(list(self._changed.values()), self._versions)
