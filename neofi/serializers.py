"""The base of every request body: what is not known, or not of the right type, is refused."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework import serializers

# What JSON value a field takes. DRF would read "1" as a number and 1 as a text.
JSON_TYPES: list[tuple[type[serializers.Field], type, str]] = [
    (serializers.BooleanField, bool, "true or false"),
    (serializers.IntegerField, int, "a whole number"),
    (serializers.CharField, str, "a text"),
    (serializers.ChoiceField, str, "a text"),
    (serializers.UUIDField, str, "a text"),
    (serializers.ListField, list, "a list"),
    (serializers.ListSerializer, list, "a list"),
    (serializers.DictField, dict, "an object"),
    (serializers.BaseSerializer, dict, "an object"),
]


class StrictSerializer(serializers.Serializer):
    """Refuses unknown fields and values of the wrong type, each by name.

    `ignored` lists names that come back from the API and so may be sent, to no effect. A form
    (QueryDict) knows text alone and is read leniently.
    """

    ignored: ClassVar[frozenset[str]] = frozenset()

    def get_initial(self) -> dict[str, Any]:
        """What the browsable API's form starts from: a body to fill in, with nothing to remove."""
        initial = super().get_initial()
        return {name: value for name, value in initial.items() if self.fields[name].required}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping) and not isinstance(data, QueryDict):
            errors = {**self._unknown(data), **self._mistyped(data)}
            if errors:
                raise serializers.ValidationError({**self._other_errors(data, errors), **errors})
        return super().to_internal_value(data)

    def _unknown(self, data: Mapping) -> dict[str, list]:
        unknown = set(data) - set(self.fields) - self.ignored
        return {
            name: [serializers.ErrorDetail("There is no such field.", "unknown_field")]
            for name in sorted(unknown)
        }

    def _mistyped(self, data: Mapping) -> dict[str, Any]:
        found = {
            field.field_name: _type_errors(field, data.get(field.field_name))
            for field in self._writable_fields
        }
        return {name: errors for name, errors in found.items() if errors}

    def _other_errors(self, data: Mapping, errors: dict[str, list]) -> dict[str, Any]:
        """What else is wrong, so that a client can mend all of it at once."""
        good = {name: value for name, value in data.items() if name not in errors}
        try:
            super().to_internal_value(good)
        except serializers.ValidationError as error:
            return error.detail
        return {}


def _type_errors(field: serializers.Field, value: Any) -> list | dict:
    """What is of the wrong type in this value, by index where it is a list."""
    wanted = _wrong_type(field, value)
    if wanted:
        return [serializers.ErrorDetail(f"This must be {wanted}.", "wrong_type")]
    if isinstance(field, serializers.ListField) and value:
        found = {index: _type_errors(field.child, item) for index, item in enumerate(value)}
        return {index: errors for index, errors in found.items() if errors}
    return []


def _wrong_type(field: serializers.Field, value: Any) -> str | None:
    """What the field wants in words, if the value is of another type. None is DRF's to refuse."""
    if value is None:
        return None
    for field_class, json_type, words in JSON_TYPES:
        if isinstance(field, field_class):
            right = isinstance(value, json_type) and (json_type is bool or type(value) is not bool)
            return None if right else words
    return None
