"""Events: the list of them, and one of them."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from events import past, reading
from events.filters import EventFilter, instant_of
from events.models import Event
from events.ordering import ORDERINGS, keyset_of
from events.roles import Role
from events.serializers.events import (
    EventEditSerializer,
    EventRowSerializer,
    EventSerializer,
    EventWriteSerializer,
    NoteSerializer,
)
from events.services import writing
from events.services.editing import Edit
from events.views import docs
from events.views.base import RESOLVE, EventScopedViewSet
from neofi import pagination
from neofi.addresses import uri_of
from neofi.ids import parse_uuid
from neofi.problems import invalid
from neofi.statements import Bound

FIELDS = frozenset({"fields"})
FILTERS = frozenset(EventFilter.base_filters)
LIST_PARAMETERS = pagination.PARAMETERS | FIELDS | {"ordering"} | FILTERS


@docs.events
class EventViewSet(EventScopedViewSet):
    """An event that you can see: what it says, and what you may do with it."""

    filter_backends = [DjangoFilterBackend]
    filterset_class = EventFilter
    least_roles: ClassVar = {
        "retrieve": Role.VIEWER,
        "update": Role.EDITOR,
        "partial_update": Role.EDITOR,
        "destroy": Role.OWNER,
        "restore": Role.OWNER,
        "metadata": Role.VIEWER,
    }
    parameters: ClassVar = {
        "list": LIST_PARAMETERS,
        "retrieve": FIELDS | {"as_of"},
        "update": RESOLVE,
        "partial_update": RESOLVE,
        "destroy": frozenset({"purge"}),
    }
    # What the page for people offers.
    orderings: ClassVar = tuple(ORDERINGS)
    serializer_classes: ClassVar = {
        "list": EventRowSerializer,
        "create": EventWriteSerializer,
        "update": EventEditSerializer,
        "partial_update": EventEditSerializer,
        "destroy": NoteSerializer,
        "restore": NoteSerializer,
    }

    def get_serializer_class(self):
        return self.serializer_classes.get(self.action, EventSerializer)

    def known_parameters(self):
        names, _ = super().known_parameters()
        return names, EventFilter.REPEATABLE

    @property
    def columns(self) -> tuple[str, ...]:
        return reading.WHOLE if self.action == "retrieve" else reading.ACCESS

    def door(self) -> str:
        params = self.request.query_params
        if self.action == "list" and params.get("deleted") == "true":
            return reading.IN_TRASH
        if self.action == "restore" or (self.action == "destroy" and params.get("purge") == "true"):
            return reading.VISIBLE_OR_IN_TRASH
        return reading.VISIBLE

    def ahead(self):
        if self.action == "list":
            with suppress(ValidationError):  # which the handler will raise
                return None if self._is_filtered() else self._page()
            return None
        # How one was is read by a query of another kind.
        return None if "as_of" in self.request.query_params else super().ahead()

    def read(self):
        if self.action == "retrieve" and "as_of" in self.request.query_params:
            event_id = parse_uuid(self.kwargs["id"])
            # Here 404 is decided. What is no instant is refused after that, by the handler.
            with suppress(ValidationError):
                if event_id and self.instant:
                    return self.get_queryset().filter(pk=event_id).as_of(self.instant).first()
        return super().read()

    def get_queryset(self) -> QuerySet[Event]:
        return getattr(Event.objects, self.door())(self.request.user).as_seen_by_caller()

    @cached_property
    def instant(self) -> datetime | None:
        """Of `?as_of=`, where one event is read."""
        given = self.request.query_params.get("as_of")
        return None if given is None else instant_of(given, self.request.user)

    def list(self, request):
        """The events that you can see, by their start. The filters narrow the list and can be
        joined; times without an offset are read in your own time zone.
        """
        rows = self._filtered_page() if self._is_filtered() else self._whole_page()
        return self.page_of(rows)

    def _is_filtered(self) -> bool:
        return not FILTERS.isdisjoint(self.request.query_params)

    def _whole_page(self) -> Sequence[Any]:
        def fetch(*place):
            if self.found_ahead is not None:
                return self.found_ahead
            return self._page().rows(user=self.request.user.pk)

        return self.paginator.paginate(fetch, self.get_keyset(), self.request)

    def _page(self) -> Bound:
        """Of all that the caller sees; what is asked for by `page_size`, `cursor`, `ordering`."""
        keyset = self.get_keyset()
        return reading.events(keyset.name).page(*self.paginator.place(keyset, self.request))

    def _filtered_page(self) -> Sequence[Event]:
        asked = DjangoFilterBackend().get_filterset(self.request, self.get_queryset(), self)
        if not asked.is_valid():
            raise translate_validation(asked.errors)
        at = asked.instant()
        return self._page_as_of(at, asked) if at else self.paginate_queryset(asked.qs)

    def _page_as_of(self, at: datetime, asked: EventFilter) -> Sequence[Event]:
        keyset = self.get_keyset()
        parts = past.parts(asked.queryset, at, keyset)
        fetch = past.pager([asked.filter_queryset(part) for part in parts], keyset)
        return self.paginator.paginate(fetch, keyset, self.request)

    def get_keyset(self):
        return keyset_of(self.request.query_params.get("ordering", "start_time"))

    def get_serializer_context(self):
        return super().get_serializer_context() | {"fields": self.wanted_fields()}

    def wanted_fields(self):
        given = self.request.query_params.get("fields") if self.request else None
        if given is None or self.action not in ("list", "retrieve"):
            return None
        names = [name.strip() for name in given.split(",")]
        known = EventRowSerializer if self.action == "list" else EventSerializer
        unknown = sorted(set(names) - set(known().fields))
        if unknown:
            raise invalid("fields", f"There is no such field: {', '.join(unknown)}.")
        return names

    def create(self, request):
        """Create an event. You become its owner. A time without an offset is read in the event's
        `timezone`, which is your own if you give none.
        """
        content = self.validated()
        event = writing.create_event(by=request.user, note=content.pop("note", ""), content=content)
        response = self.answer(event, status.HTTP_201_CREATED)
        response["Location"] = f"{uri_of(request)}/{event.pk}"
        return response

    def retrieve(self, request, id):
        """One event, as it is now or, with `as_of`, as it was at an instant."""
        return self.answer(past.as_it_was(self.event) if self.instant else self.event)

    def update(self, request, id):
        """Replace the content. What is left out goes to its default, but for `timezone`."""
        return self._change(replace=True)

    def partial_update(self, request, id):
        """Change the event. What others have changed since `base_version` is merged with it; where
        both changed the same, nothing is written, and you decide.
        """
        return self._change(replace=False)

    def _change(self, *, replace: bool):
        content = self.validated(partial=not replace)
        edit = Edit(
            note=content.pop("note", ""),
            base_version=content.pop("base_version", None),
            content=content,
            replace=replace,
            if_match=self.if_match,
            resolve=self.resolve(),
        )
        return self.answer(writing.update_event(self.event_id, edit, by=self.request.user))

    def destroy(self, request, id):
        """Move the event to the trash. It can be restored from there, and its history stays."""
        for_good, note = self.purge(), self.note()
        gone = Response(status=status.HTTP_204_NO_CONTENT)
        if for_good:
            writing.purge_event(self.event_id, by=request.user, if_match=self.if_match)
            return gone
        event = writing.delete_event(
            self.event_id, by=request.user, note=note, if_match=self.if_match
        )
        return self.tell(gone, event)

    def purge(self) -> bool:
        given = self.request.query_params.get("purge", "false")
        if given not in ("true", "false"):
            raise invalid("purge", "This must be true or false.")
        return given == "true"

    @action(detail=True, methods=["post"])
    def restore(self, request, id):
        """Take the event out of the trash. One that is not there stays as it is."""
        event = writing.restore_event(
            self.event_id, by=request.user, note=self.note(), if_match=self.if_match
        )
        return self.answer(event)
