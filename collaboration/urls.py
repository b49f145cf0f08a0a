"""Paths of working together, below `/api/`."""

from django.urls import path

from collaboration.views.change_sets import ChangeSetViewSet
from collaboration.views.sharing import PermissionViewSet, ShareViewSet

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
    path(
        "changes/<str:change_set>",
        ChangeSetViewSet.as_view({"get": "retrieve"}, name="Change set"),
        name="change-set",
    ),
    path(
        "changes/<str:change_set>/undo",
        ChangeSetViewSet.as_view({"post": "undo"}, name="Undo"),
        name="change-set-undo",
    ),
]
