"""How a write becomes a version. Everything here runs inside a service, under the event's lock."""

from datetime import datetime, timedelta

from django.utils import timezone
from rest_framework.serializers import ErrorDetail, ValidationError

from accounts.models import User
from events import content as contents
from events.content import Content
from events.models import Event
from events.models.history import Action, Change
from neofi.ids import uuid7


def validated(compose, *args) -> Content:
    """What the pure rules make of it, with their refusal as a 400 that names the fields."""
    try:
        return compose(*args)
    except contents.Invalid as error:
        raise ValidationError(details(error)) from error


def details(error: contents.Invalid) -> dict[str, list[ErrorDetail]]:
    return {name: [ErrorDetail(text, code)] for name, (code, text) in error.errors.items()}


def next_instant(event: Event) -> datetime:
    """Now, or just after the event's newest row, should the clock have gone back."""
    return max(timezone.now(), event.history_at + timedelta(microseconds=1))


def change_content(
    event: Event,
    action: Action,
    content: Content,
    *,
    by: User,
    note: str,
    source_version: int | None = None,
) -> Event:
    """The event with that content, as its next version; what changes nothing makes none."""
    changed = contents.differing(contents.of(event), content)
    if not changed:
        return event
    event.field_versions |= dict.fromkeys(changed, event.version + 1)
    for name in changed:
        setattr(event, name, content[name])
    return add_version(event, action, by=by, note=note, source_version=source_version)


def add_version(
    event: Event,
    action: Action,
    *,
    by: User,
    note: str,
    source_version: int | None = None,
    deleted: bool = False,
) -> Event:
    """Write the event's next version: the row and its history row. The event must be locked."""
    event.change = Change(
        action=action,
        by_id=by.pk,
        at=next_instant(event),
        change_set=uuid7(),
        note=note,
        source_version=source_version,
    )
    event.version += 1
    event.updated_at = event.history_at = event.change.at
    event.updated_by, event.updated_by_username = by, by.username
    event.deleted_at = event.change.at if deleted else None
    event.save()
    return event
