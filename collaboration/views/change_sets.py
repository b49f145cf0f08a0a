"""Change sets: what one request did, and all of it taken back."""

from typing import ClassVar

from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from collaboration import change_sets as reading
from collaboration.serializers.change_sets import ChangeSetSerializer
from collaboration.services import change_sets
from collaboration.views import docs
from events.models import Event
from events.schema import WriteAutoSchema
from events.serializers.events import NoteSerializer
from events.views.writing import WriteMixin
from neofi.ids import parse_uuid
from neofi.views import StrictView


@docs.change_sets
class ChangeSetViewSet(WriteMixin, StrictView, GenericViewSet):
    """Everything that one request did."""

    schema = WriteAutoSchema()
    queryset = Event.objects.none()  # tells the OpenAPI document which model; no request meets it
    serializer_classes: ClassVar = {"undo": NoteSerializer}
    many_results = True

    def find(self):
        change_set = parse_uuid(self.kwargs["change_set"])
        self.change_set = change_set and reading.read(change_set, self.request.user)
        if self.change_set is None:
            raise NotFound

    def known_parameters(self):
        return self.write_parameters(), frozenset()

    def get_serializer_class(self):
        return self.serializer_classes.get(self.action, ChangeSetSerializer)

    def retrieve(self, request, change_set):
        """Everything that one request did, as far as you can see it."""
        return Response(self.change_set)

    @action(detail=True, methods=["post"])
    def undo(self, request, change_set):
        """Take back what one request did. Whole or not at all, newest change first."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = self.change_set["id"]
        note = body.validated_data.get("note", "")
        answer, self.concerned = change_sets.undo(asked, by=request.user, note=note)
        made = {} if answer["id"] == asked else {"X-Change-Set": str(answer["id"])}
        return Response(answer, headers=made)
