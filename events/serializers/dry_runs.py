"""What a dry run answers."""

from typing import Any

from rest_framework import serializers

from events.dry_runs import MOST_TOLD, Report
from events.serializers.events import EventSerializer
from events.serializers.versions import ChangeSerializer
from neofi.fields import UserRefSerializer


class ConflictSerializer(serializers.Serializer):
    """A field that both sides of a merge changed."""

    field = serializers.CharField()
    base = serializers.JSONField()
    current = serializers.JSONField()
    yours = serializers.JSONField()


class DryRunSerializer(serializers.Serializer):
    """What a write would do; nothing was written."""

    event = EventSerializer(allow_null=True, help_text="Null if you would not see it any more.")
    changes = ChangeSerializer(many=True)
    conflicts = ConflictSerializer(many=True, help_text="What `resolve` would settle.")
    would_tell = UserRefSerializer(
        many=True, help_text=f"The others who have or had access, up to {MOST_TOLD}."
    )

    def to_representation(self, report: Report) -> dict[str, Any]:
        event = report.event
        return {
            "event": event and EventSerializer(event, context=self.context).data,
            "changes": report.changes,
            "conflicts": report.conflicts,
            "would_tell": report.would_tell,
        }
