"""The base of every request body: what is not known, or not of the right type, is refused."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

Reader = Callable[[Any], Any]

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

    def run_validators(self, value: Any) -> None:
        """Without any there is nothing to make field objects for."""
        if self.validators:
            super().run_validators(value)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if type(data) is dict:
            try:
                return _read(self, data)
            except (_Doubt, serializers.ValidationError, DjangoValidationError):
                pass  # what exactly is wrong, and all of it, is found out below
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


# DRF makes each field anew for each body: 0.3 ms for an event, where to read it takes 0.02. So good
# bodies are read by functions that are made once; only what these doubt is left to field objects.


class _Doubt(Exception):
    """Not what a good body has; or nothing that may be read this way."""


def _read(serializer: StrictSerializer, data: dict[str, Any]) -> dict[str, Any]:
    """What DRF makes of a good body. Raises for any other."""
    partial = getattr(serializer.root, "partial", False)
    readers = _readers(type(serializer))
    if readers is None or data.keys() - readers.keys() - serializer.ignored:
        raise _Doubt
    if not partial and _needed(type(serializer)) - data.keys():
        raise _Doubt
    return {name: read(data[name]) for name, read in readers.items() if name in data}


@cache
def _readers(serializer_class: type[StrictSerializer]) -> dict[str, Reader] | None:
    """How each field is read; None if that takes more than its value."""
    fields = serializer_class().fields
    if all(_is_plain(field, serializer_class) for field in fields.values()):
        return {name: _reader(field) for name, field in fields.items()}
    return None


@cache
def _needed(serializer_class: type[StrictSerializer]) -> set[str]:
    return {name for name, field in serializer_class().fields.items() if field.required}


def _is_plain(field: serializers.Field, serializer_class: type[StrictSerializer]) -> bool:
    """Whether all that it does with a value is to validate it."""
    return not (
        field.read_only
        or field.source != field.field_name
        or field.default is not empty
        or isinstance(field, serializers.BaseSerializer)
        or hasattr(serializer_class, f"validate_{field.field_name}")
    )


def _reader(field: serializers.Field) -> Reader:
    methods = type(field).run_validation, type(field).to_internal_value
    if methods == (serializers.CharField.run_validation, serializers.CharField.to_internal_value):
        return _text_reader(field)

    def read(value: Any) -> Any:
        if _type_errors(field, value):
            raise _Doubt
        return field.run_validation(value)

    return read


def _text_reader(field: serializers.CharField) -> Reader:
    """DRF looks for surrogates character by character: 1 ms in a long description."""
    most = float("inf") if field.max_length is None else field.max_length
    others = [v for v in field.validators if not isinstance(v, KNOWN_OF_TEXTS)]

    def read(value: Any) -> str | None:
        if value is None and field.allow_null:
            return None
        if type(value) is not str:
            raise _Doubt
        text = value.strip() if field.trim_whitespace else value
        if len(text) > most or "\x00" in text or not (text or field.allow_blank):
            raise _Doubt
        if not (text.isascii() or _is_unicode(text)):
            raise _Doubt
        for validate in others:
            validate(text)
        return text

    return read


# What the reader of texts checks itself.
KNOWN_OF_TEXTS = (
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
    ProhibitSurrogateCharactersValidator,
)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
