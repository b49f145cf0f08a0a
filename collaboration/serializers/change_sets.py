"""Change sets, on their way out."""

from rest_framework import serializers

from events.models.history import Action
from events.serializers.dry_runs import ConflictSerializer
from neofi.fields import UserRefSerializer
from neofi.schema import ProblemSerializer


class EventPartSerializer(serializers.Serializer):
    """What a change set did to one event."""

    event = serializers.UUIDField()
    versions = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        help_text="Of the content, ascending; none if the access alone was changed.",
    )
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=Action.choices),
        help_text="To content and access, in the order in which they were done.",
    )


class ChangeSetSerializer(serializers.Serializer):
    """Everything that one request did, as far as the caller can see it."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    by = UserRefSerializer(allow_null=True, help_text="Null for the system or a deleted account.")
    events = EventPartSerializer(many=True)


class ReasonSerializer(serializers.Serializer):
    """Why one change cannot be taken back."""

    event = serializers.UUIDField()
    version = serializers.IntegerField(required=False, help_text="Of a change of content.")
    user = UserRefSerializer(required=False, help_text="Whose access it was.")
    code = serializers.CharField()
    message = serializers.CharField()
    current_version = serializers.IntegerField(required=False, help_text="Of a clash.")
    conflicts = ConflictSerializer(
        many=True, required=False, help_text="Of a clash: `yours` is what it was before."
    )


class CannotUndoSerializer(ProblemSerializer):
    """A refusal of all, because of some."""

    reasons = ReasonSerializer(many=True, required=False)
    hidden = serializers.IntegerField(
        required=False, help_text="The number of events of the change set that you cannot see."
    )
