"""Many events in one request: the same rows as one by one, in as many statements as for one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from rest_framework.serializers import ErrorDetail, ValidationError

from accounts.models import User
from events import content as contents
from events.content import Content
from events.models import Event, Grant
from events.models.history import Action, Change, record
from events.roles import Role
from events.services.versioning import details
from neofi.ids import uuid7
from neofi.transactions import service


@service
def create_events(
    *, by: User, items: Sequence[Mapping[str, Any]], notes: Sequence[str]
) -> list[Event]:
    """All of the events, owned by `by`, in one change set; or none.

    Raises ValidationError that names every bad item, as `events.3.start_time`.
    """
    composed, errors = [], {}
    for index, item in enumerate(items):
        try:
            composed.append(contents.created(item, by.timezone))
        except contents.Invalid as error:
            errors |= _indexed(index, details(error))
    if errors:
        raise ValidationError(errors)
    return insert_events(composed, by=by, notes=notes)


def _indexed(index: int, errors: dict[str, list[ErrorDetail]]) -> dict[str, list[ErrorDetail]]:
    return {f"events.{index}.{name}": messages for name, messages in errors.items()}


def insert_events(composed: Sequence[Content], *, by: User, notes: Sequence[str]) -> list[Event]:
    """Rows for checked contents: events, their versions, the owner's grants and their history.

    Four statements, however many events. Runs inside a service.
    """
    at, change_set = timezone.now(), uuid7()
    events = []
    for content, note in zip(composed, notes, strict=True):
        change = Change(Action.CREATED, by.pk, at, change_set, note)
        events.append(_new_event(content, by, change))
    grants = [_owner_grant(event, by) for event in events]
    Event.objects.bulk_create(events)
    record(events, "+")
    Grant.objects.bulk_create(grants)
    record(grants, "+")
    return events


def _new_event(content: Content, by: User, change: Change) -> Event:
    event = Event(
        **content,
        created_at=change.at,
        updated_at=change.at,
        history_at=change.at,
        updated_by=by,
        field_versions=dict.fromkeys(contents.FIELDS, 1),
    )
    event.uid = str(event.pk)
    event.change = change
    # What EventQuerySet.as_seen_by_caller would annotate.
    event.role, event.owner_id, event.owner_username = Role.OWNER.value, by.pk, by.username
    event.updated_by_username = by.username
    return event


def _owner_grant(event: Event, by: User) -> Grant:
    grant = Grant(event=event, user=by, role=Role.OWNER, granted_by=by)
    grant.granted_at, grant.change = event.change.at, event.change
    return grant
