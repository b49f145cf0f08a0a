"""Sharing, and the list of who has access."""

from operator import attrgetter
from typing import ClassVar

from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.response import Response

from collaboration.serializers.sharing import (
    GrantSerializer,
    RoleSerializer,
    ShareSerializer,
)
from collaboration.services import sharing
from collaboration.throttles import ShareThrottle
from collaboration.views import docs
from events.models import Grant
from events.models.grant import OWNER_FIRST
from events.roles import Role
from events.serializers.events import NoteSerializer
from events.views.base import EventScopedViewSet
from neofi import pagination
from neofi.ids import parse_uuid
from neofi.pagination import Column, Keyset, integer
from neofi.throttling import UserThrottle


@docs.share
class ShareViewSet(EventScopedViewSet):
    """Giving people a role on an event."""

    serializer_class = ShareSerializer
    throttle_classes = [UserThrottle, ShareThrottle]
    least_roles: ClassVar = {"create": Role.OWNER, "metadata": Role.VIEWER}

    def create(self, request, id):
        """Share the event. Name one `user` and a `role`, or several people in `users`: all of them
        get their role, or none. Whoever has a role already gets the new one in its place.
        """
        body = self.validated()
        grants = sharing.share(
            self.event_id, by=request.user, invitations=body["invitations"], note=body["note"]
        )
        all_new = all(grant.written and grant.previous_role is None for grant in grants)
        rows = GrantSerializer(grants, many=True).data
        response = Response(
            {"results": rows} if body["many"] else rows[0],
            status=status.HTTP_201_CREATED if all_new else status.HTTP_200_OK,
        )
        return self.tell(response, *grants)


@docs.permissions
class PermissionViewSet(EventScopedViewSet):
    """Who has access to an event."""

    least_roles: ClassVar = {
        "list": Role.VIEWER,
        "update": Role.OWNER,
        # One may always take one's own access away; below it is asked whose it is.
        "destroy": Role.VIEWER,
        "metadata": Role.VIEWER,
    }
    parameters: ClassVar = {"list": pagination.PARAMETERS}
    serializer_classes: ClassVar = {"update": RoleSerializer, "destroy": NoteSerializer}
    keyset = Keyset(
        "permissions",
        (
            Column("owner_first", attrgetter("owner_first"), integer),
            Column("user_id", attrgetter("user_id")),
        ),
    )

    def get_serializer_class(self):
        return self.serializer_classes.get(self.action, GrantSerializer)

    def get_keyset(self):
        return self.keyset

    def check_object_permissions(self, request, event):
        super().check_object_permissions(request, event)
        leaving = self.kwargs.get("user_id", "").lower() == str(request.user.pk)
        if self.action == "destroy" and event.role != Role.OWNER and not leaving:
            raise PermissionDenied

    def find(self):
        super().find()
        if self.action in ("update", "destroy"):
            self.user_id = self.whose(self.kwargs["user_id"])

    def list(self, request, id):
        """Who has access to the event, the owner first."""
        grants = Grant.objects.of_event(self.event_id).select_related("user", "granted_by")
        page = self.paginate_queryset(grants.annotate(owner_first=OWNER_FIRST))
        return self.page_of(page)

    def update(self, request, id, user_id):
        """Change somebody's role. With `owner` you hand the event over, and become an editor."""
        body = self.validated()
        grant = sharing.change_role(
            self.event_id, self.user_id, body["role"], by=request.user, note=body.get("note", "")
        )
        return self.tell(Response(GrantSerializer(grant).data), grant)

    def destroy(self, request, id, user_id):
        """Take the access away. It may be your own: then you leave the event."""
        grant = sharing.revoke(self.event_id, self.user_id, by=request.user, note=self.note())
        return self.tell(Response(status=status.HTTP_204_NO_CONTENT), grant)

    def whose(self, user_id: str):
        """The id of somebody with a role on the event; 404 for everybody else."""
        whose = parse_uuid(user_id)
        grants = Grant.objects.of_event(self.event_id)
        if whose is None or not grants.filter(user_id=whose).exists():
            raise NotFound
        return whose
