"""The history of an event as a page: versions and changes of access, newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from collaboration.admin import pages
from events import changelog
from events.models import Event
from events.models.history import ACCESS_ACTIONS, Action
from neofi.pagination import instant

PER_PAGE = 50
LABELS = dict(Action.choices) | {"rolled_back": "Rolled back", "role_changed": "Role changed"}


def history(admin: ModelAdmin, request: HttpRequest, event_id: UUID) -> HttpResponse:
    """`?before=<instant>` is the page behind that row, `?after=` the one before it."""
    event = pages.event_of(admin, request, event_id)
    rows, newer, older = _page(event_id, request.GET)
    may_change = admin.has_change_permission(request, event)
    context = {
        "rows": [_row(row, event, may_change) for row in rows],
        "newer": newer,
        "older": older,
        "preset": _preset(rows),
    }
    context = pages.context(admin, request, event, f"History of “{event}”", **context)
    return TemplateResponse(request, "admin/events/history.html", context)


def _page(event_id: UUID, query) -> tuple[list[changelog.Row], str | None, str | None]:
    """The rows, and where the pages beside them begin, if there are any."""
    after, before = _instant(query.get("after")), _instant(query.get("before"))
    position = after or before
    found = changelog.page(event_id, position and (position,), bool(after), PER_PAGE + 1)
    rows, more = found[:PER_PAGE], len(found) > PER_PAGE
    if after:
        rows.reverse()
    has_newer, has_older = (more, True) if after else (bool(before), more)
    newer = rows[0]["at"].isoformat() if rows and has_newer else None
    older = rows[-1]["at"].isoformat() if rows and has_older else None
    return rows, newer, older


def _instant(text: str | None) -> datetime | None:
    """What is no instant is the first page."""
    try:
        return instant(text) if text else None
    except (ValueError, OverflowError):
        return None


def _row(row: changelog.Row, event: Event, may_change: bool) -> dict[str, Any]:
    is_access = row["action"] in ACCESS_ACTIONS
    is_past = row["version"] is not None and row["version"] != event.version
    return {
        **row,
        "label": LABELS[row["action"]],
        "is_access": is_access,
        "people": row["changes"] if is_access else [],
        "fields": [] if is_access else [change["field"] for change in row["changes"]],
        "before": row["version"] and row["version"] - 1,
        "can_go_back": may_change and is_past and event.deleted_at is None,
    }


def _preset(rows: list[changelog.Row]) -> dict[str, int]:
    """The two versions that are picked at first: the newest on the page, and the one below it."""
    numbers = [row["version"] for row in rows if row["version"] is not None]
    return dict(zip(("new", "old"), numbers, strict=False))
