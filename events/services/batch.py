"""Many writes in one request: the same rules as one by one, in as many statements as for one."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from rest_framework.exceptions import APIException, NotFound
from rest_framework.serializers import ValidationError

from accounts.models import User
from events import content as contents
from events import lines
from events.content import Content
from events.models import Event
from events.models.history import Action
from events.roles import Role
from events.services.editing import Edit, Place, read_contents, validated
from events.services.ledger import Ledger
from events.services.locking import check_if_match, check_role, lock_events
from events.services.writing import apply_edit
from neofi.problems import Problem, field_errors
from neofi.transactions import service


class Op(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Operation:
    """One write of a batch. `path` leads from the item to its content, for refusals."""

    op: Op
    edit: Edit
    event_id: UUID | None = None
    path: str | None = "event"


# An item that the client has malformed stands as its own refusal.
Item = Operation | APIException
Result = Event | APIException


@service
def run_batch(*, by: User, items: Sequence[Item], named: str, atomic: bool = True) -> list[Result]:
    """All of the operations in one change set, in order; `named` is the list's name in the body.

    Gives the event after each (one in the trash after a delete). If `atomic`, one refusal refuses
    all, by a Problem that names every bad item; if not, a refused item's result is its refusal.
    """
    ledger = Ledger(by)
    if atomic:
        return _attempt(items, ledger, named)
    try:
        return _attempt(items, ledger)
    except APIException:
        # Refused by a constraint, which does not say for which item. That attempt's locks are
        # gone: take all of them again, for one by one they would not be in order.
        _lock(items, by)
        with lines.limited():
            return [_attempt_alone(item, Ledger(by, ledger.change_set)) for item in items]


def create_events(
    *, by: User, items: Sequence[Mapping[str, Any]], notes: Sequence[str]
) -> list[Event]:
    """All of the events, owned by `by`, in one change set; or none. Raises Problem."""
    edits = [Edit(item, note=note) for item, note in zip(items, notes, strict=True)]
    operations = [Operation(Op.CREATE, edit, path=None) for edit in edits]
    return run_batch(by=by, items=operations, named="events")


@service
def _attempt(items: Sequence[Item], ledger: Ledger, named: str | None = None) -> list[Result]:
    """Apply what can be in memory, and write it all at once. Raises, if `named`, for a bad item."""
    events = _lock(items, ledger.by)
    bases = read_contents(_bases(items, events))
    with lines.limited():
        results = [_apply(item, ledger, events, bases) for item in items]
    if named and any(isinstance(result, APIException) for result in results):
        raise _refusal_of_all(results, named)
    ledger.write()
    return results


def _attempt_alone(item: Item, ledger: Ledger) -> Result:
    if isinstance(item, APIException):
        return item
    try:
        return _at_path(item, _attempt, [item], ledger)[0]
    except APIException as refusal:
        return refusal


def _lock(items: Sequence[Item], by: User) -> dict[UUID, Event]:
    """The events that the operations are about. Those of strangers are not even waited for."""
    ids = {item.event_id for item in items if isinstance(item, Operation) and item.event_id}
    if not ids:
        return {}
    known = Event.objects.visible_or_in_trash_to(by).filter(pk__in=ids)
    return lock_events(list(known.values_list("pk", flat=True)), by=by)


def _bases(items: Sequence[Item], events: Mapping[UUID, Event]) -> set[Place]:
    """The past versions that some operation may have to be merged from."""
    return {
        (event.pk, item.edit.base_version)
        for item in items
        if isinstance(item, Operation)
        and (event := events.get(item.event_id))
        and 1 <= (item.edit.base_version or 0) <= event.version
    }


def _apply(
    item: Item, ledger: Ledger, events: Mapping[UUID, Event], bases: dict[Place, Content]
) -> Result:
    if isinstance(item, APIException):
        return item
    try:
        if item.op == Op.CREATE:
            return _create(item, ledger)
        event = events.get(item.event_id)
        if event is None or event.deleted_at:
            raise NotFound
        if item.op == Op.UPDATE:
            _update(item, event, ledger, bases)
        else:
            _delete(item, event, ledger)
    except APIException as refusal:
        return refusal
    return copy(event)  # as it is now: another operation may be about the same event


def _create(item: Operation, ledger: Ledger) -> Event:
    content = _at_path(item, validated, contents.created, item.edit.content, ledger.by.timezone)
    return ledger.create(content, item.edit.note)


def _update(item: Operation, event: Event, ledger: Ledger, bases: dict[Place, Content]) -> None:
    check_role(event, Role.EDITOR)
    place = item.edit.base_in(event)
    _at_path(item, apply_edit, ledger, event, item.edit, bases[place] if place else None)
    # A later operation may start from the version that this one has made.
    bases[event.pk, event.version] = contents.of(event)


def _delete(item: Operation, event: Event, ledger: Ledger) -> None:
    check_role(event, Role.OWNER)
    check_if_match(event, item.edit.if_match)
    ledger.add_version(event, Action.DELETED, note=item.edit.note)


def _at_path(item: Operation, call, *args) -> Any:
    """What the call gives; what it refuses about the content is named from the item on."""
    try:
        return call(*args)
    except ValidationError as error:
        if item.path is None:
            raise
        raise ValidationError({item.path: error.detail}) from error


def _refusal_of_all(results: Sequence[Result], named: str) -> Problem:
    """One 400 for the whole batch, with each bad item's own code."""
    errors = []
    for index, result in enumerate(results):
        if isinstance(result, APIException):
            errors += field_errors(result, within=f"{named}.{index}")
    bad = dict.fromkeys(error["field"] for error in errors)
    return Problem(f"Nothing was written. Please correct: {', '.join(bad)}.", errors=errors)
