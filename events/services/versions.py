"""Going back in time."""

from uuid import UUID

from rest_framework.exceptions import NotFound

from accounts.models import User
from events import content as contents
from events.models import Event, HistoricalEvent
from events.models.history import Action
from events.roles import Role
from events.services.locking import check_if_match, lock_event
from events.services.versioning import change_content
from neofi.transactions import service


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
    past = HistoricalEvent.objects.of_event(event_id).filter(version=version).first()
    if past is None:
        raise NotFound
    check_if_match(event, if_match)
    return change_content(
        event, Action.ROLLED_BACK, contents.of(past), by=by, note=note, source_version=version
    )
