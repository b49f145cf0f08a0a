"""Paths of working together, below `/api/`."""

from django.urls import path

from collaboration.views import PermissionViewSet, ShareViewSet

urlpatterns = [
    path("events/<str:id>/share", ShareViewSet.as_view({"post": "create"}), name="event-share"),
    path(
        "events/<str:id>/permissions",
        PermissionViewSet.as_view({"get": "list"}, name="Permissions"),
        name="event-permissions",
    ),
    path(
        "events/<str:id>/permissions/<str:user_id>",
        PermissionViewSet.as_view({"put": "update", "delete": "destroy"}),
        name="event-permission",
    ),
]
