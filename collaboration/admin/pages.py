"""What the pages beside an event's form have in common."""

from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from events.models import Event


def event_of(admin: ModelAdmin, request: HttpRequest, event_id: UUID) -> Event:
    """The event, in the trash or not. Raises PermissionDenied, Http404."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise Http404
    return event


def context(
    admin: ModelAdmin, request: HttpRequest, event: Event, title: str, **more: Any
) -> dict[str, Any]:
    request.current_app = admin.admin_site.name
    return {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title,
        "event": event,
        "original": event,  # for the theme's trail at the top
        **more,
    }
