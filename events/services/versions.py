"""Going back in time: to a whole version, or back over one change alone."""

from uuid import UUID

from rest_framework.exceptions import NotFound

from accounts.models import User
from events.models import Event, HistoricalEvent
from events.models.history import Action
from events.roles import Role
from events.services.editing import merged_into, read_versions
from events.services.ledger import Ledger
from events.services.locking import check_if_match, check_role, lock_event
from neofi.problems import Conflict
from neofi.transactions import service

# What takes an action back, where that is no merge of contents.
INVERSES = {
    Action.CREATED: Action.DELETED,
    Action.RESTORED: Action.DELETED,
    Action.DELETED: Action.RESTORED,
}


@service
def roll_back(
    event_id: UUID,
    version: int,
    *,
    by: User,
    note: str = "",
    if_match: str | None = None,
    as_staff: bool = False,
) -> Event:
    """Make the content what it was at `version`, as a new version that names it as its source.

    A rollback to what is there already makes no version. Raises NotFound for a version that never
    was, PermissionDenied, PreconditionFailed.
    """
    event = lock_event(event_id, by=by, at_least=Role.EDITOR, as_staff=as_staff)
    past = _read(event, version, version)[version]
    check_if_match(event, if_match)
    ledger = Ledger(by)
    ledger.change_content(
        event, Action.ROLLED_BACK, past.content, note=note, source_version=version
    )
    ledger.write()
    return event


@service
def undo_version(
    event_id: UUID, version: int, *, by: User, note: str = "", if_match: str | None = None
) -> Event:
    """Take back what `version` changed, and keep what was changed since.

    To take back the creation is to move the event to the trash. What is taken back already makes no
    version. Raises NotFound, PermissionDenied, PreconditionFailed; Conflict with `conflicts`.
    """
    event = lock_event(event_id, by=by, at_least=Role.EDITOR)
    rows = _read(event, max(version - 1, 1), version)
    check_role(event, role_to_undo(rows[version].action))
    check_if_match(event, if_match)
    ledger = Ledger(by)
    take_back(ledger, event, rows[version], rows.get(version - 1), note=note)
    ledger.write()
    return event


def role_to_undo(action: str) -> Role:
    """The least role that may take back a version of this action: that of its inverse."""
    return Role.OWNER if action in INVERSES else Role.EDITOR


def take_back(
    ledger: Ledger,
    event: Event,
    version: HistoricalEvent,
    before: HistoricalEvent | None,
    *,
    note: str = "",
) -> None:
    """Add to the ledger what undoes one version of a locked event. Raises Conflict.

    `before` is the version before, which only a creation has not. Asks for no role.
    """
    told = {"note": note, "source_version": version.version}
    inverse = INVERSES.get(version.action)
    if inverse is None:
        if event.deleted_at:
            raise Conflict("The event is in the trash: restore it first.", "in_trash")
        merged = merged_into(event, base=version.content, yours=before.content)
        ledger.change_content(event, Action.UNDONE, merged.content, **told)
    elif (inverse == Action.DELETED) != bool(event.deleted_at):
        ledger.add_version(event, inverse, **told)


def _read(event: Event, first: int, last: int) -> dict[int, HistoricalEvent]:
    """Those versions, by number. Raises NotFound."""
    found = read_versions(event.pk, first, last)
    if first > last or found.keys() != set(range(first, last + 1)):
        raise NotFound
    return found
