"""Versions: listed, read, compared, blamed, gone back to."""

from collections.abc import Iterable
from typing import Any, ClassVar

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.response import Response

from events import changelog, diffing, reading, snapshots
from events import content as contents
from events.renderers import JSONPatchRenderer, UnifiedDiffRenderer
from events.roles import Role
from events.serializers.events import NoteSerializer
from events.serializers.versions import (
    AuthorshipSerializer,
    BlameSerializer,
    ChangelogRowSerializer,
    DiffSerializer,
    VerdictSerializer,
    VersionRowSerializer,
    VersionSerializer,
)
from events.services import versions
from events.verifying import one
from events.views import docs
from events.views.base import VERSIONS, EventScopedViewSet, plain_number
from neofi import pagination


def by_number(rows: Iterable[Any], wanted: set[int]) -> dict[int, Any]:
    """Versions by number. Raise NotFound if a purge has taken one of those that are wanted."""
    found = {row.version: row for row in rows}
    if found.keys() != wanted:
        raise NotFound
    return found


class NamedVersions:
    """Mixed into a view whose path names versions: they are read together with the event."""

    def along(self, event_id):
        numbers = {plain_number(self.kwargs[name]) for name in VERSIONS & self.kwargs.keys()}
        # The column has four bytes.
        known = numbers and all(0 < number < 2**31 for number in numbers)
        is_read = self.action == "retrieve" and known
        return reading.versions(event_id, numbers) if is_read else None


@docs.versions
class VersionViewSet(NamedVersions, EventScopedViewSet):
    """The versions of an event."""

    least_roles: ClassVar = {
        "list": Role.VIEWER,
        "retrieve": Role.VIEWER,
        "verify": Role.VIEWER,
        "rollback": Role.EDITOR,
        # Taking back a creation asks for the owner; the service knows which version that is.
        "undo": Role.EDITOR,
        "metadata": Role.VIEWER,
    }
    parameters: ClassVar = {"list": pagination.PARAMETERS}
    serializer_classes: ClassVar = {
        "list": VersionRowSerializer,
        "retrieve": VersionSerializer,
        "verify": VerdictSerializer,
        "rollback": NoteSerializer,
        "undo": NoteSerializer,
    }

    def get_serializer_class(self):
        return self.serializer_classes.get(self.action, VersionRowSerializer)

    def find(self):
        super().find()
        creation = self.action == "undo" and self.version(self.kwargs["version"]) == 1
        if creation and self.event.role != Role.OWNER:
            raise PermissionDenied

    def list(self, request, id):
        """The versions of the event, newest first. Every write makes one, and none is ever lost."""
        page = self.paginator.paginate(reading.history(self.event_id), reading.HISTORY, request)
        return self.page_of(page)

    def retrieve(self, request, id, version):
        """The event as it was at this version."""
        number = self.version(version)
        row = by_number(self.found_along, {number})[number]
        return Response(self.get_serializer(row).data)

    @action(detail=True)
    def verify(self, request, id):
        """Whether the history is what was written. Each version's hash covers it and the hash
        before, so a change that was made by hand is found. Keep the `head` elsewhere as an anchor.
        """
        verdict = one.verify(self.event_id)
        if verdict is None:
            raise NotFound
        return Response(self.get_serializer(verdict).data)

    @action(detail=True, methods=["post"])
    def rollback(self, request, id, version):
        """Go back to this version. Its content becomes a new version; what came since is kept."""
        event = versions.roll_back(
            self.event_id,
            self.version(version),
            by=request.user,
            note=self.note(),
            if_match=self.if_match,
        )
        return self.answer(event)

    @action(detail=True, methods=["post"])
    def undo(self, request, id, version):
        """Take back what this version changed. What came later stays; where the two touch the same
        field, nothing is written. To undo the first version moves the event to the trash.
        """
        event = versions.undo_version(
            self.event_id,
            self.version(version),
            by=request.user,
            note=self.note(),
            if_match=self.if_match,
        )
        if event.deleted_at:
            return self.tell(Response(status=status.HTTP_204_NO_CONTENT), event)
        return self.answer(event)


@docs.changelog
class ChangelogViewSet(EventScopedViewSet):
    """What was done to an event."""

    serializer_class = ChangelogRowSerializer
    least_roles: ClassVar = {"list": Role.VIEWER, "metadata": Role.VIEWER}
    parameters: ClassVar = {"list": pagination.PARAMETERS}

    def list(self, request, id):
        """What was changed, newest first: the content, field by field, and who has access."""

        def fetch(position, backward, limit):
            return changelog.page(self.event_id, position, backward, limit)

        rows = self.paginator.paginate(fetch, changelog.KEYSET, request)
        return self.page_of(rows)


@docs.diff
class DiffViewSet(NamedVersions, EventScopedViewSet):
    """Two versions of an event, compared."""

    serializer_class = DiffSerializer
    least_roles: ClassVar = {"retrieve": Role.VIEWER, "metadata": Role.VIEWER}

    def get_renderers(self):
        # What OPTIONS answers is no diff, and has none of its forms.
        forms = [JSONPatchRenderer(), UnifiedDiffRenderer()] if self.action == "retrieve" else []
        return [*super().get_renderers(), *forms]

    def retrieve(self, request, id, v1, v2):
        """What differs between two versions, field by field, and line by line in a long text."""
        wanted = [self.version(v1), self.version(v2)]
        rows = by_number(self.found_along, set(wanted))
        before, after = (rows[version] for version in wanted)
        authorship = AuthorshipSerializer().to_representation
        return Response(
            {
                "event": self.event_id,
                "from": authorship(before),
                "to": authorship(after),
                "changes": diffing.detailed_changes(
                    snapshots.as_json(before.snapshot), snapshots.as_json(after.snapshot)
                ),
            }
        )


@docs.blame
class BlameViewSet(EventScopedViewSet):
    """Who changed each field last."""

    serializer_class = BlameSerializer
    columns = reading.AUTHORSHIP
    least_roles: ClassVar = {"retrieve": Role.VIEWER, "metadata": Role.VIEWER}

    def retrieve(self, request, id):
        """Who changed each field last, and in which version."""
        last = self.event.field_versions
        wanted = set(last.values())
        rows = by_number(reading.versions(self.event_id, wanted).rows(), wanted)
        authorship = AuthorshipSerializer().to_representation
        authors = {version: authorship(row) for version, row in rows.items()}
        return Response({name: authors[last[name]] for name in contents.FIELDS})
