"""Fields of an event's body that DRF has no word for."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events import times
from neofi.zones import validate_timezone


@extend_schema_field(
    {
        "type": "string",
        "examples": ["2026-03-02T09:00:00+01:00", "2026-03-02T09:00:00", "2026-03-02"],
    }
)
class TimeField(serializers.Field):
    """A time with offset, a wall-clock time, or a date; read in the event's zone by the rules."""

    default_error_messages = {
        "wrong_type": "This must be a text.",
        "invalid": "Give a time as RFC 3339 has it, such as 2026-03-02T09:00:00+01:00; "
        "without an offset it is read in the event's timezone, and a date is for all-day events.",
    }

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("wrong_type")
        try:
            return times.parse(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value):
        return value


class TimezoneField(serializers.CharField):
    """An IANA name."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=64, trim_whitespace=False, validators=[validate_timezone], **kwargs
        )


@extend_schema_field(OpenApiTypes.OBJECT)
class ObjectField(serializers.Field):
    """Any JSON object; its depth is bounded by the parsers."""

    default_error_messages = {"wrong_type": "This must be an object."}

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            self.fail("wrong_type")
        return data

    def to_representation(self, value):
        return value
