"""What the views of one event have in common: finding it, and answering with it."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from events import etags, reading
from events.merging import Side
from events.models import Event
from events.permissions import RolePermission
from events.roles import Role
from events.schema import WriteAutoSchema
from events.serializers.events import EventSerializer, NoteSerializer, Shown
from events.views.writing import WriteMixin
from neofi.conditional import etag, form_of, names_tag
from neofi.ids import parse_uuid
from neofi.problems import invalid
from neofi.statements import Bound
from neofi.views import StrictView

RESOLVE = frozenset({"resolve"})
# What paths call the number of a version.
VERSIONS = frozenset({"version", "v1", "v2"})


class EventScopedViewSet(WriteMixin, StrictView, GenericViewSet):
    """A view of one event, which stands as `self.event` before any handler runs.

    It is a row of events.reading, with its `columns`. `least_roles` maps actions to the least role;
    `parameters` maps actions to the query parameters that they know. An action that is missing from
    the first asks for the owner.
    """

    schema = WriteAutoSchema()
    queryset = Event.objects.none()  # tells the OpenAPI document which model; no request meets it
    permission_classes = [RolePermission]
    least_roles: ClassVar[dict[str, Role]] = {}
    columns: tuple[str, ...] = reading.ACCESS
    found_along: list | None = None
    parameters: ClassVar[dict[str, frozenset[str]]] = {}

    def find(self):
        if "id" in self.kwargs:
            self.event = self.get_object()
        if self.action != "metadata":
            for name in VERSIONS & self.kwargs.keys():
                self.version(self.kwargs[name])

    def known_parameters(self):
        names = self.parameters.get(self.action, frozenset())
        return names | self.write_parameters(), frozenset()

    def door(self) -> str:
        """Which of the querysets' doors the event is looked for behind."""
        return reading.VISIBLE

    def ahead(self) -> Bound | None:
        return self.lookup()

    def lookup(self) -> Bound | None:
        """What finds the event; None where the path names none that could be."""
        event_id = parse_uuid(self.kwargs.get("id"))
        if event_id is None or self.action is None:
            return None
        event = Bound(reading.event(self.columns, self.door()), {"event": event_id})
        along = self.along(event_id)
        return event.and_along(along) if along else event

    def along(self, event_id: UUID) -> Bound | None:
        """What is read together with the event, and found as `found_along`."""

    def get_object(self) -> Any:
        event = self.read()
        if event is None:
            raise NotFound
        self.check_object_permissions(self.request, event)
        return event

    def read(self) -> Any:
        """The event's `columns`, or None."""
        found = self.found_ahead
        if found is None:
            lookup = self.lookup()
            found = lookup.rows(user=self.request.user.pk) if lookup else []
        if isinstance(found, tuple):
            event, self.found_along = found
            return event
        return found[0] if found else None

    @property
    def event_id(self) -> UUID:
        return self.event.id

    @property
    def if_match(self) -> str | None:
        return self.request.META.get("HTTP_IF_MATCH")

    def resolve(self) -> Side | None:
        """Which side `?resolve=` says shall win."""
        given = self.request.query_params.get("resolve") if self.request else None
        if given is None:
            return None
        if given not in list(Side):
            raise invalid("resolve", "This must be mine or theirs.")
        return Side(given)

    def get_serializer_context(self):
        return super().get_serializer_context() | {"resolve": self.resolve()}

    def version(self, text: str) -> int:
        """A version number out of the path. Without gaps, so this one exists."""
        number = plain_number(text)
        if not 1 <= number <= self.event.version:
            raise NotFound
        return number

    def validated(self, serializer_class=None, **kwargs: Any) -> dict[str, Any]:
        """The body, by that serializer or the action's own."""
        make = serializer_class or self.get_serializer_class()
        serializer = make(data=self.request.data, context=self.get_serializer_context(), **kwargs)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def note(self) -> str:
        """The note of a write whose body holds nothing else."""
        return self.validated(NoteSerializer).get("note", "")

    def page_of(self, rows: Iterable[Any]) -> Response:
        """The rows of a page, by the action's serializer.

        Not by one for many: that and its rows hold each other, and to find them was a quarter of
        what a page costs, in pauses of 70 ms.
        """
        row = self.get_serializer().to_representation
        return self.get_paginated_response([row(one) for one in rows])

    def answer(self, event: Event, status_code: int = status.HTTP_200_OK) -> Response:
        """The event as this caller sees it now, with its tag; 304 if the caller has it."""
        fields = self.wanted_fields()
        form = form_of(self.request.accepted_renderer.format, fields)
        tag = etag(etags.state_of(event), form)
        known = self.request.META.get("HTTP_IF_NONE_MATCH")
        if self.action == "retrieve" and known is not None and names_tag(known, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        data = Shown(EventSerializer.represented(event, fields), partial(self.written_by, event))
        return self.tell(Response(data, status=status_code, headers={"ETag": tag}), event)

    def wanted_fields(self) -> Sequence[str] | None:
        """The names in `?fields=`, or None for all of them."""

    def written_by(self, event: Event) -> EventSerializer:
        return EventSerializer(event, context=self.get_serializer_context())

    def tell(self, response: Response, *concerned: Any) -> Response:
        """Name the change set, if any of these events or grants was written at all."""
        self.concerned = concerned
        changes = [change for one in concerned if (change := getattr(one, "written", None))]
        if changes:
            response["X-Change-Set"] = str(changes[0].change_set)
        return response


def plain_number(text: str) -> int:
    """What the text says in its one canonical spelling, or 0."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
    return number if str(number) == text else 0
