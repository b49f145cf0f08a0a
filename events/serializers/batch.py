"""Many writes in one body."""

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException

from events.serializers.events import EventRowSerializer, EventWriteSerializer
from events.serializers.fields import ObjectField
from events.services.batch import Op, Operation
from events.services.editing import Edit
from neofi.fields import NoteField
from neofi.schema import ProblemSerializer
from neofi.serializers import StrictSerializer

MAX_BATCH = 1_000
# What each operation takes besides `op` and `note`: what it needs, and what it may have.
NEEDED = {Op.CREATE: {"event"}, Op.UPDATE: {"id", "event"}, Op.DELETE: {"id"}}
OPTIONAL = {Op.CREATE: set(), Op.UPDATE: {"if_match", "base_version"}, Op.DELETE: {"if_match"}}


class ItemsSerializer(serializers.ListSerializer):
    """The items of a batch, each as an Operation, or as its own refusal where it is malformed.

    So all that is wrong with a batch is told at once, and an item may fail alone.
    """

    def run_child_validation(self, data: Any) -> Operation | APIException:
        try:
            return self.child.operation(super().run_child_validation(data))
        except serializers.ValidationError as refusal:
            return refusal


class NewEventSerializer(EventWriteSerializer):
    """An event to be created."""

    class Meta:
        list_serializer_class = ItemsSerializer

    def operation(self, content: dict[str, Any]) -> Operation:
        note = content.pop("note", "")
        return Operation(Op.CREATE, Edit(content, note=note), path=None)


@extend_schema_field(EventWriteSerializer(partial=True))
class EventOfOperationField(ObjectField):
    """What a POST or, for an update, a PATCH takes."""


class OperationSerializer(StrictSerializer):
    """One write: `create` takes `event`, `update` also `id`, `delete` the `id` alone."""

    op = serializers.ChoiceField(choices=[(op.value, op.value) for op in Op])
    id = serializers.UUIDField(required=False)
    event = EventOfOperationField(required=False)
    if_match = serializers.CharField(required=False, help_text="As the header of that name.")
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Of an update: as in a PATCH."
    )
    note = NoteField()

    class Meta:
        list_serializer_class = ItemsSerializer

    def validate(self, attrs):
        op = Op(attrs["op"])
        missing = NEEDED[op] - attrs.keys()
        extra = attrs.keys() - NEEDED[op] - OPTIONAL[op] - {"op", "note"}
        errors = {name: _error("This field is required.", "required") for name in missing}
        message = f"This says nothing in an operation that is a {op}."
        errors |= {name: _error(message, "unknown_field") for name in extra}
        if errors:
            raise serializers.ValidationError(errors)
        return attrs | {"event": self._content(op, attrs)}

    def _content(self, op: Op, attrs: dict[str, Any]) -> dict[str, Any]:
        if op == Op.DELETE:
            return {}
        try:
            content = self._bodies[op].run_validation(attrs["event"])
        except serializers.ValidationError as refusal:
            raise serializers.ValidationError({"event": refusal.detail}) from refusal
        if "note" in content and "note" in attrs:
            raise serializers.ValidationError({"note": _error("Give one note.", "doubled")})
        return dict(content)

    @cached_property
    def _bodies(self) -> dict[Op, EventWriteSerializer]:
        """What reads `event`: made once, for to make it costs more than to use it."""
        return {
            op: EventWriteSerializer(partial=op == Op.UPDATE, context=self.context)
            for op in (Op.CREATE, Op.UPDATE)
        }

    def operation(self, attrs: dict[str, Any]) -> Operation:
        content = attrs["event"]
        edit = Edit(
            content,
            note=content.pop("note", attrs.get("note", "")),
            if_match=attrs.get("if_match"),
            base_version=attrs.get("base_version"),
            resolve=self.context["resolve"],
        )
        return Operation(Op(attrs["op"]), edit, attrs.get("id"))


def _error(message: str, code: str) -> list[serializers.ErrorDetail]:
    return [serializers.ErrorDetail(message, code)]


class BatchSerializer(StrictSerializer):
    """Up to 1,000 `events` to create, or `operations`: all or none, unless `atomic` is false."""

    events = NewEventSerializer(many=True, max_length=MAX_BATCH, allow_empty=False, required=False)
    operations = OperationSerializer(
        many=True, max_length=MAX_BATCH, allow_empty=False, required=False
    )
    atomic = serializers.BooleanField(default=True)

    def validate(self, attrs):
        named = [name for name in ("events", "operations") if name in attrs]
        if len(named) != 1:
            message = "Give `events` or `operations`." if named else "This field is required."
            raise serializers.ValidationError({"events": _error(message, "required")})
        return {"named": named[0], "items": attrs[named[0]], "atomic": attrs["atomic"]}


class BatchResultSerializer(serializers.Serializer):
    """The events of a batch, in the order given; null for one that was deleted."""

    results = serializers.ListField(child=EventRowSerializer(allow_null=True))


class SingleResultSerializer(serializers.Serializer):
    """What became of one item: its `event` (null after a delete), or its refusal as `error`."""

    status = serializers.IntegerField(help_text="What the write alone would have answered.")
    event = EventRowSerializer(allow_null=True, required=False)
    error = ProblemSerializer(required=False)


class MultiStatusSerializer(serializers.Serializer):
    """The results of a batch that is not atomic, in the order given."""

    results = SingleResultSerializer(many=True)
