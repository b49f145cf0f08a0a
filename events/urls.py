"""Paths of events and their versions, below `/api/`."""

from django.urls import path

from events.views.batch import BatchViewSet
from events.views.events import EventViewSet
from events.views.versions import (
    BlameViewSet,
    ChangelogViewSet,
    DiffViewSet,
    VersionViewSet,
)

event = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}

urlpatterns = [
    path(
        "events",
        EventViewSet.as_view({"get": "list", "post": "create"}, name="Events"),
        name="event-list",
    ),
    path(
        "events/batch", BatchViewSet.as_view({"post": "create"}, name="Batch"), name="event-batch"
    ),
    path("events/<str:id>", EventViewSet.as_view(event), name="event-detail"),
    path(
        "events/<str:id>/restore",
        EventViewSet.as_view({"post": "restore"}, name="Restore"),
        name="event-restore",
    ),
    path(
        "events/<str:id>/history",
        VersionViewSet.as_view({"get": "list"}, name="History"),
        name="event-history",
    ),
    path(
        "events/<str:id>/history/verify",
        VersionViewSet.as_view({"get": "verify"}, name="Verify"),
        name="event-verify",
    ),
    path(
        "events/<str:id>/history/<str:version>",
        VersionViewSet.as_view({"get": "retrieve"}),
        name="event-version",
    ),
    path(
        "events/<str:id>/rollback/<str:version>",
        VersionViewSet.as_view({"post": "rollback"}, name="Rollback"),
        name="event-rollback",
    ),
    path(
        "events/<str:id>/undo/<str:version>",
        VersionViewSet.as_view({"post": "undo"}, name="Undo"),
        name="event-undo",
    ),
    path(
        "events/<str:id>/changelog",
        ChangelogViewSet.as_view({"get": "list"}),
        name="event-changelog",
    ),
    path(
        "events/<str:id>/diff/<str:v1>/<str:v2>",
        DiffViewSet.as_view({"get": "retrieve"}),
        name="event-diff",
    ),
    path("events/<str:id>/blame", BlameViewSet.as_view({"get": "retrieve"}), name="event-blame"),
]
