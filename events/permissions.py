"""The early answer about roles; the service, under the lock, has the last word."""

from rest_framework.permissions import IsAuthenticated

from events.roles import Role


class RolePermission(IsAuthenticated):
    """Compares the caller's role, annotated on the event, with the view's table `least_roles`.

    An action that is missing from the table asks for the owner.
    """

    def has_object_permission(self, request, view, event):
        least = view.least_roles.get(view.action, Role.OWNER)
        return Role(event.role).includes(least)
