"""The event's body, in and out."""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any

from rest_framework import serializers

from events import content as contents
from events import etags
from events.models.event import Event, Status, Transparency
from events.roles import CAPABILITIES, Role
from events.serializers.fields import ObjectField, TimeField, TimezoneField
from neofi.conditional import etag
from neofi.fields import NoteField, UserRefSerializer, user_ref
from neofi.serializers import StrictSerializer


def trimmed(max_length: int, **kwargs: Any) -> serializers.CharField:
    """A short text whose length counts after trimming."""
    note = "Trimmed, before its length counts."
    return serializers.CharField(
        max_length=max_length, trim_whitespace=True, help_text=note, **kwargs
    )


class ContentSerializer(StrictSerializer):
    """The content fields, as POST, PUT and PATCH take them.

    Only the shape is checked here; how the fields go together is for events.content to say.
    """

    title = trimmed(contents.MAX_TITLE)
    description = serializers.CharField(
        max_length=contents.MAX_DESCRIPTION,
        allow_blank=True,
        trim_whitespace=False,
        required=False,
    )
    location = trimmed(contents.MAX_LOCATION, allow_blank=True, required=False)
    start_time = TimeField()
    end_time = TimeField(help_text="Exclusive; after `start_time`.")
    timezone = TimezoneField(required=False, help_text="IANA name; by default the user's own.")
    all_day = serializers.BooleanField(required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    transparency = serializers.ChoiceField(choices=Transparency.choices, required=False)
    tags = serializers.ListField(
        child=trimmed(contents.MAX_TAG), max_length=contents.MAX_TAGS, required=False
    )
    metadata = ObjectField(required=False, help_text="For the client's own use; up to 16 KB.")
    recurrence = serializers.CharField(
        allow_null=True, required=False, help_text="Null: events do not recur yet."
    )
    exceptions = ObjectField(required=False, help_text="Empty: events do not recur yet.")


class EventWriteSerializer(ContentSerializer):
    """A body that creates or changes an event."""

    note = NoteField()

    # What a GET answers may come back in a PUT, and says nothing there.
    ignored = frozenset(
        {
            "id",
            "uid",
            "split_from",
            "version",
            "role",
            "capabilities",
            "owner",
            "created_at",
            "updated_at",
            "updated_by",
            "etag",
            "deleted_at",
            "merged_from",
            "change_set",
        }
    )


class NoteSerializer(StrictSerializer):
    """The body of a write that needs none: at most a note."""

    note = NoteField()


class EventEditSerializer(EventWriteSerializer):
    """A body that changes an event."""

    base_version = serializers.IntegerField(
        min_value=1,
        required=False,
        help_text="The version that you started from: what has changed since is merged.",
    )


class SnapshotSerializer(serializers.Serializer):
    """The content of an event, on its way out."""

    title = serializers.CharField()
    description = serializers.CharField()
    location = serializers.CharField()
    start_time = serializers.DateTimeField()
    end_time = serializers.DateTimeField(help_text="Exclusive.")
    timezone = serializers.CharField()
    all_day = serializers.BooleanField()
    status = serializers.ChoiceField(choices=Status.choices)
    transparency = serializers.ChoiceField(choices=Transparency.choices)
    tags = serializers.ListField(child=serializers.CharField())
    metadata = ObjectField()
    recurrence = serializers.CharField(allow_null=True)
    exceptions = ObjectField()


class EventSerializer(SnapshotSerializer):
    """An event, as the caller sees it.

    The fields are for the OpenAPI document; `to_representation` writes them all in one go, for a
    page of them costs more in field objects than in SQL. A test holds the two together.
    """

    id = serializers.UUIDField()
    uid = serializers.CharField(help_text="The iCalendar UID.")
    split_from = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(min_value=1)
    role = serializers.ChoiceField(choices=Role.choices, help_text="The caller's.")
    capabilities = serializers.ListField(
        child=serializers.CharField(),
        help_text="What the role allows, of: read, edit, share, delete, transfer, leave.",
    )
    owner = UserRefSerializer()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    updated_by = UserRefSerializer(allow_null=True)
    merged_from = serializers.IntegerField(
        required=False, help_text="The answer to a merged write alone: its `base_version`."
    )

    def to_representation(self, event: Event) -> dict[str, Any]:
        return self.represented(event, self.context.get("fields"))

    @classmethod
    def represented(cls, event: Event, wanted: Collection[str] | None = None) -> dict[str, Any]:
        """What is shown of an event, or those of its fields that are wanted."""
        values = cls.values(event)
        return values if wanted is None else {n: v for n, v in values.items() if n in wanted}

    @classmethod
    def values(cls, event: Event) -> dict[str, Any]:
        values = {
            "id": event.id,
            **contents.of(event),
            "uid": event.uid,
            "split_from": event.split_from_id,
            "version": event.version,
            "role": event.role,
            "capabilities": CAPABILITIES[event.role],
            "owner": user_ref(event.owner_id, event.owner_username),
            "created_at": event.created_at,
            "updated_at": event.updated_at,
            "updated_by": user_ref(event.updated_by_id, event.updated_by_username),
        }
        merged_from = getattr(event, "merged_from", None)  # a row that was only read has none
        if merged_from:
            values["merged_from"] = merged_from
        return values


class EventRowSerializer(EventSerializer):
    """An event in a list, with its tag."""

    etag = serializers.CharField(help_text="For If-Match.")
    deleted_at = serializers.DateTimeField(required=False, help_text="In the trash alone.")

    @classmethod
    def values(cls, event: Event) -> dict[str, Any]:
        values = super().values(event)
        values["etag"] = etag(etags.state_of(event))
        if event.deleted_at:
            values["deleted_at"] = event.deleted_at
        return values


class Shown(dict):
    """What a serializer gives, with a serializer that is made only if somebody asks for it.

    That is the browsable API, for its forms. To make one is 4 % of reading an event.
    """

    def __init__(self, values: Mapping, make_serializer: Callable[[], serializers.Serializer]):
        super().__init__(values)
        self._make_serializer = make_serializer

    @cached_property
    def serializer(self) -> serializers.Serializer:
        return self._make_serializer()
