"""Writes of one event: create, change, throw away, restore, purge."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from accounts.models import User
from events import content as contents
from events.models import Event, HistoricalGrant
from events.models.history import Action
from events.roles import Role
from events.services import batch
from events.services.locking import check_if_match, lock_event
from events.services.versioning import add_version, change_content, validated
from neofi.transactions import service

# For the owner's writes that reach into the trash.
lock_wherever = partial(lock_event, at_least=Role.OWNER, in_trash_too=True)


@service
def create_event(*, by: User, note: str = "", content: Mapping[str, Any]) -> Event:
    """A new event, owned by `by`. Raises ValidationError."""
    composed = validated(contents.created, content, by.timezone)
    return batch.insert_events([composed], by=by, notes=[note])[0]


@service
def update_event(
    event_id: UUID,
    *,
    by: User,
    content: Mapping[str, Any],
    replace: bool = False,
    note: str = "",
    if_match: str | None = None,
    as_staff: bool = False,
) -> Event:
    """Change the fields that `content` gives; with `replace`, the others go to their defaults.

    What changes nothing makes no version. Raises NotFound, PermissionDenied, ValidationError and
    PreconditionFailed.
    """
    event = lock_event(event_id, by=by, at_least=Role.EDITOR, as_staff=as_staff)
    compose = contents.replaced if replace else contents.patched
    new = validated(compose, contents.of(event), content)
    check_if_match(event, if_match)
    return change_content(event, Action.UPDATED, new, by=by, note=note)


@service
def delete_event(
    event_id: UUID, *, by: User, note: str = "", if_match: str | None = None, as_staff: bool = False
) -> Event:
    """Into the trash, as a version of its own."""
    event = lock_event(event_id, by=by, at_least=Role.OWNER, if_match=if_match, as_staff=as_staff)
    return add_version(event, Action.DELETED, by=by, note=note, deleted=True)


@service
def restore_event(
    event_id: UUID, *, by: User, note: str = "", if_match: str | None = None, as_staff: bool = False
) -> Event:
    """Out of the trash. A live event stays as it is."""
    event = lock_wherever(event_id, by=by, if_match=if_match, as_staff=as_staff)
    if event.deleted_at is None:
        return event
    return add_version(event, Action.RESTORED, by=by, note=note)


@service
def purge_event(
    event_id: UUID, *, by: User, if_match: str | None = None, as_staff: bool = False
) -> None:
    """Remove the event for good, every version and grant with it. The one way to lose history."""
    event = lock_wherever(event_id, by=by, if_match=if_match, as_staff=as_staff)
    HistoricalGrant.objects.filter(event_id=event.pk).delete()
    event.delete()  # its grants and its versions go with it
