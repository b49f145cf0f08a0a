"""Writes of one event: create, change, throw away, restore, purge."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from accounts.models import User
from events import content as contents
from events.content import Content
from events.models import Event, HistoricalGrant
from events.models.history import Action
from events.roles import Role
from events.services.editing import Edit, edited, read_versions, validated
from events.services.idempotency import forget_event
from events.services.ledger import Ledger
from events.services.locking import STAFF_MAY, lock_event
from neofi.transactions import service

# For the owner's writes that reach into the trash.
lock_wherever = partial(lock_event, at_least=Role.OWNER, in_trash_too=True)


@service
def create_event(*, by: User, note: str = "", content: Mapping[str, Any]) -> Event:
    """A new event, owned by `by`. Raises ValidationError."""
    ledger = Ledger(by)
    event = ledger.create(validated(contents.created, content, by.timezone), note)
    ledger.write()
    return event


@service
def update_event(event_id: UUID, edit: Edit, *, by: User, as_staff: bool = False) -> Event:
    """Change the content, or merge the change with what others have changed since its base.

    What changes nothing makes no version. Raises NotFound, PermissionDenied, ValidationError,
    PreconditionFailed and Conflict.
    """
    event = lock_event(event_id, by=by, at_least=Role.EDITOR, as_staff=as_staff)
    ledger = Ledger(by)
    apply_edit(ledger, event, edit, _base(event, edit))
    ledger.write()
    return event


def _base(event: Event, edit: Edit) -> Content | None:
    """The content to merge from, if the event has moved on."""
    if edit.base_in(event) is None:
        return None
    number = edit.base_version
    return read_versions(event.pk, number, number)[number].content


def apply_edit(ledger: Ledger, event: Event, edit: Edit, base: Content | None) -> None:
    """Add the edit of a locked event to the ledger."""
    content = edited(event, edit, base)
    ledger.change_content(
        event, Action.UPDATED, content, note=edit.note, merged_from=event.merged_from
    )


@service
def delete_event(
    event_id: UUID, *, by: User, note: str = "", if_match: str | None = None, as_staff: bool = False
) -> Event:
    """Into the trash, as a version of its own."""
    event = lock_event(event_id, by=by, at_least=Role.OWNER, if_match=if_match, as_staff=as_staff)
    return _add_version(event, Action.DELETED, by, note)


@service
def restore_event(
    event_id: UUID, *, by: User, note: str = "", if_match: str | None = None, as_staff: bool = False
) -> Event:
    """Out of the trash. A live event stays as it is."""
    staff_may = (*STAFF_MAY, "events.restore_event")
    event = lock_wherever(
        event_id, by=by, if_match=if_match, as_staff=as_staff, staff_may=staff_may
    )
    return event if event.deleted_at is None else _add_version(event, Action.RESTORED, by, note)


def _add_version(event: Event, action: Action, by: User, note: str) -> Event:
    ledger = Ledger(by)
    ledger.add_version(event, action, note=note)
    ledger.write()
    return event


@service
def purge_event(
    event_id: UUID, *, by: User, if_match: str | None = None, as_staff: bool = False
) -> None:
    """Remove the event for good, every version and grant with it. The one way to lose history."""
    remove(lock_wherever(event_id, by=by, if_match=if_match, as_staff=as_staff))


def remove(event: Event) -> None:
    """Leave nothing of a locked event."""
    forget_event(event.pk)
    HistoricalGrant.objects.filter(event_id=event.pk).delete()
    event.delete()  # its grants and its versions go with it
