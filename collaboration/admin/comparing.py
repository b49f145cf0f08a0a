"""Two versions of an event side by side, and the way back to one of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from rest_framework.exceptions import APIException

from collaboration.admin import pages
from collaboration.admin.base import sentence
from collaboration.admin.bulk import NoteForm
from events import content as contents
from events import words
from events.content import Content
from events.models import Event, HistoricalEvent
from events.services import versions
from events.words import Piece

HISTORY = "admin:events_event_history"
# Compared word by word; of all others either value stands for itself.
TEXTS = frozenset({"title", "description", "location", "tags", "metadata", "exceptions"})


class Field(NamedTuple):
    label: str
    is_changed: bool
    pieces: list[Piece]
    is_empty_before: bool
    is_empty_after: bool


def fields_of(before: Content, after: Content, everything: bool) -> list[Field]:
    """What differs, or all fields; in the order of the content."""
    changed = set(contents.differing(before, after))
    names = contents.FIELDS if everything else [n for n in contents.FIELDS if n in changed]
    return [_field(name, before, after, name in changed) for name in names]


def _field(name: str, before: Content, after: Content, is_changed: bool) -> Field:
    old, new = shown(name, before), shown(name, after)
    pieces = words.compared(old, new) if name in TEXTS else [Piece(old, new, old == new)]
    return Field(name.replace("_", " ").capitalize(), is_changed, pieces, not old, not new)


def shown(name: str, content: Content) -> str:
    """A value as a text that people read; two values that differ have two texts."""
    value = content[name]
    if name in contents.TIMES:
        local = value.astimezone(ZoneInfo(content["timezone"]))
        return f"{local.replace(tzinfo=None).isoformat(sep=' ')} ({local:%Z}, {value:%H:%M} UTC)"
    if name in contents.OBJECTS:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        return orjson.dumps(value, option=options).decode() if value else ""
    if name == "tags":
        return "\n".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or ""


def compare(admin: ModelAdmin, request: HttpRequest, event_id: UUID) -> HttpResponse:
    """`?from=1&to=3`, in either order; `&all=1` shows what did not change too."""
    event = pages.event_of(admin, request, event_id)
    numbers = [_number(request.GET, name) for name in ("from", "to")]
    found = _read(event, [number for number in numbers if number])
    if not all(number in found for number in numbers):
        messages.warning(request, "Pick two versions of this event to compare them.")
        return redirect(HISTORY, event_id)
    before, after = (found[number] for number in numbers)
    everything = "all" in request.GET
    context = {
        "before": before,
        "after": after,
        "sides": [_side(admin, request, event, row) for row in (before, after)],
        "left": f"Version {before.version}",
        "right": f"Version {after.version}",
        "fields": fields_of(before.content, after.content, everything),
        "everything": everything,
    }
    title = f"Versions {before.version} and {after.version} of “{event}”"
    context = pages.context(admin, request, event, title, **context)
    return TemplateResponse(request, "admin/events/compare.html", context)


def _side(
    admin: ModelAdmin, request: HttpRequest, event: Event, row: HistoricalEvent
) -> HistoricalEvent:
    """With what the head of its column says besides."""
    may_change = admin.has_change_permission(request, event)
    row.label = row.get_action_display()
    row.can_go_back = may_change and row.version != event.version
    return row


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _read(event: Event, numbers: list[int]) -> dict[int, HistoricalEvent]:
    rows = HistoricalEvent.objects.of_event(event.pk).filter(version__in=numbers).with_author()
    return {row.version: row for row in rows}


def roll_back(
    admin: ModelAdmin, request: HttpRequest, event_id: UUID, version: int
) -> HttpResponse:
    """What would change; and, once that is confirmed, the change itself."""
    event = pages.event_of(admin, request, event_id)
    if not admin.has_change_permission(request):
        raise PermissionDenied
    past = _read(event, [version]).get(version)
    if past is None:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST" and _is_as_seen(request, event) and form.is_valid():
        _go_back(request, event, version, form.cleaned_data["note"])
        return redirect(HISTORY, event_id)
    context: dict[str, Any] = {
        "past": past,
        "fields": fields_of(contents.of(event), past.content, everything=False),
        "form": form,
    }
    title = f"Roll “{event}” back to version {version}"
    context = pages.context(admin, request, event, title, **context)
    return TemplateResponse(request, "admin/events/roll_back.html", context)


def _is_as_seen(request: HttpRequest, event: Event) -> bool:
    """Whether the event is as the page had shown it; what would change may be something else."""
    if _number(request.POST, "seen") == event.version:
        return True
    messages.warning(request, "The event has changed since this page was made: please look again.")
    return False


def _go_back(request: HttpRequest, event: Event, version: int, note: str) -> None:
    try:
        made = versions.roll_back(event.pk, version, by=request.user, note=note, as_staff=True)
    except APIException as refusal:
        messages.error(request, f"Not rolled back: {sentence(refusal)}")
        return
    if made.version == event.version:
        messages.info(request, "It is like that already: nothing was changed.")
    else:
        text = f"The content is that of version {version} again, as version {made.version}."
        messages.success(request, text)
