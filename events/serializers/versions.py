"""Versions, changes and diffs, on their way out."""

from typing import Any

from rest_framework import serializers

from events import content as contents
from events import snapshots
from events.models.history import ACCESS_ACTIONS, Action
from events.serializers.events import SnapshotSerializer
from neofi.fields import UserRefSerializer, author_ref

CONTENT_ACTIONS = [(a.value, a.label) for a in Action if a not in ACCESS_ACTIONS]


class AuthorshipSerializer(serializers.Serializer):
    """Which version, when, by whom."""

    version = serializers.IntegerField(min_value=1)
    at = serializers.DateTimeField()
    by = UserRefSerializer(allow_null=True, help_text="Null for the system or a deleted account.")

    def to_representation(self, row) -> dict[str, Any]:
        return {"version": row.version, "at": row.history_date, "by": author_of(row)}


class VersionRowSerializer(AuthorshipSerializer):
    """A version in the list of them."""

    action = serializers.ChoiceField(choices=CONTENT_ACTIONS)
    note = serializers.CharField()
    source_version = serializers.IntegerField(
        allow_null=True, help_text="The version that a rollback or undo went by."
    )
    merged_from = serializers.IntegerField(
        allow_null=True, help_text="The version that a merged write started from."
    )
    change_set = serializers.UUIDField(help_text="Joins all that one request did.")

    def to_representation(self, row) -> dict[str, Any]:
        return {
            "version": row.version,
            "action": row.action,
            "at": row.history_date,
            "by": author_of(row),
            "note": row.history_change_reason,
            "source_version": row.source_version,
            "merged_from": row.merged_from,
            "change_set": row.change_set,
        }


class VersionSerializer(VersionRowSerializer):
    """One past version, whole."""

    hash = serializers.CharField(help_text="The head of the chain as of this version.")
    event = SnapshotSerializer()

    def to_representation(self, row) -> dict[str, Any]:
        event = snapshots.read(row.snapshot)
        return {**super().to_representation(row), "hash": row.hash, "event": event}


class FaultSerializer(serializers.Serializer):
    """One thing in a history that is not as it was written."""

    version = serializers.IntegerField(
        allow_null=True, help_text="Null for what is about no version: the event's own row, say."
    )
    code = serializers.CharField()
    message = serializers.CharField()


class VerdictSerializer(serializers.Serializer):
    """Whether the versions of an event are those that were written."""

    valid = serializers.BooleanField()
    versions = serializers.IntegerField(min_value=0, help_text="How many there are.")
    head = serializers.CharField(help_text="The newest version's hash, in hexadecimal.")
    faults = FaultSerializer(
        many=True, required=False, help_text="The first 20, if it is not valid."
    )

    def to_representation(self, verdict) -> dict[str, Any]:
        found = {
            "valid": not verdict.faults,
            "versions": verdict.versions,
            "head": verdict.head,
        }
        if verdict.faults:
            found["faults"] = FaultSerializer(verdict.faults, many=True).data
        return found


class ChangeSerializer(serializers.Serializer):
    """One field's change. For access, `field` is `role` and `user` says whose."""

    field = serializers.CharField()
    user = UserRefSerializer(required=False, help_text="Changes of access alone.")
    # `from` is a word of Python's, so these two are added by name.

    def get_fields(self):
        return super().get_fields() | {
            "from": serializers.JSONField(),
            "to": serializers.JSONField(),
        }


class DetailedChangeSerializer(ChangeSerializer):
    diff = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Long text line by line, each behind a space, `-` or `+`.",
    )


class ChangelogRowSerializer(serializers.Serializer):
    """What one write did to the content or to the access."""

    action = serializers.ChoiceField(choices=Action.choices)
    version = serializers.IntegerField(allow_null=True, help_text="Null for a change of access.")
    at = serializers.DateTimeField()
    by = UserRefSerializer(allow_null=True)
    note = serializers.CharField()
    source_version = serializers.IntegerField(allow_null=True)
    merged_from = serializers.IntegerField(allow_null=True)
    change_set = serializers.UUIDField()
    changes = ChangeSerializer(many=True)

    def to_representation(self, row: dict[str, Any]) -> dict[str, Any]:
        return row  # as events.changelog makes it


class DiffSerializer(serializers.Serializer):
    """The comparison of two versions."""

    event = serializers.UUIDField()
    changes = DetailedChangeSerializer(many=True)

    def get_fields(self):
        sides = {"from": AuthorshipSerializer(), "to": AuthorshipSerializer()}
        return super().get_fields() | sides


class BlameSerializer(serializers.Serializer):
    """For each content field, the version that changed it last."""

    def get_fields(self):
        return {name: AuthorshipSerializer() for name in contents.FIELDS}


def author_of(row) -> dict[str, Any] | None:
    """`by`: nobody for the system, and for an account that is no more."""
    return author_ref(row.history_user_id, row.by_username)
