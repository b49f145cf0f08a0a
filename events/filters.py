"""What narrows the list of events. None of these can widen it."""

from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from drf_spectacular.utils import extend_schema_field

from events import times
from events.models.event import Status
from events.roles import Role
from neofi.ids import parse_uuid

# PostgreSQL reads a query recursively: thousands of words exhaust its stack.
MAX_SEARCH = 500


class InstantField(forms.CharField):
    """An RFC 3339 time or a date, not yet read in any zone."""

    def clean(self, value):
        text = super().clean(value)
        try:
            parsed = times.parse(text) if text else None
            if parsed:
                times.resolve(parsed, ZoneInfo("UTC"))
        except times.OutOfRange as error:
            raise ValidationError(times.RANGE, "out_of_range") from error
        except ValueError as error:
            message = "Give a time as RFC 3339 has it, such as 2026-03-02T09:00:00Z, or a date."
            raise ValidationError(message, "invalid") from error
        return parsed


class InstantFilter(django_filters.CharFilter):
    """Without an offset, the time is read in the caller's own time zone."""

    field_class = InstantField

    def filter(self, queryset, value):
        if value is not None:
            value = times.to_utc(value, ZoneInfo(self.parent.request.user.timezone))
        return super().filter(queryset, value)


class FlagField(forms.CharField):
    """`true` or `false`, as JSON spells them."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs, strip=False)  # the view, too, reads it as it came

    def clean(self, value):
        text = super().clean(value)
        if text not in ("", "true", "false"):
            raise ValidationError("This must be true or false.", "invalid")
        return text == "true"


class FlagFilter(django_filters.BooleanFilter):
    field_class = FlagField


class TagsField(forms.MultipleChoiceField):
    """Any texts: an event need not exist for its tag to be asked for."""

    def clean(self, value):
        return [tag for tag in super().clean(value) if tag]  # `?tag=` asks for nothing

    def valid_value(self, value):
        if "\x00" in value:
            raise ValidationError("Texts may not hold the NUL character.", "null_characters")
        return True


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "string"},
        "description": "Given more than once: all of them.",
    }
)
class TagsFilter(django_filters.Filter):
    field_class = TagsField


class EventFilter(django_filters.FilterSet):
    """Examples:

    - `?from=2026-03-01&to=2026-04-01` what overlaps March
    - `?tag=team&tag=planning` what has both tags
    - `?search=quarterly "road map" -draft` as in a web search
    - `?owner=ada&role=viewer` what ada lets me see
    """

    from_ = InstantFilter(
        field_name="end_time",
        lookup_expr="gt",
        help_text="Events that end after this: a time as RFC 3339 has it, or a date. Without an "
        "offset, this and the other times are read in your own time zone.",
    )
    to = InstantFilter(
        field_name="grant_start_time",
        lookup_expr="lt",
        help_text="Events that start before this. With `from`: what overlaps the window.",
    )
    search = django_filters.CharFilter(
        method="filter_search",
        max_length=MAX_SEARCH,
        help_text='Words in title, description or location; as on the web, `"..."` is a phrase, '
        "`or` an alternative and `-` a word that must not be there.",
    )
    role = django_filters.ChoiceFilter(choices=Role.choices, help_text="Your own role.")
    owner = django_filters.CharFilter(
        method="filter_owner", help_text="The owner's id or user name."
    )
    status = django_filters.ChoiceFilter(choices=Status.choices)
    tag = TagsFilter(field_name="tags", lookup_expr="contains")
    updated_since = InstantFilter(
        field_name="grant_updated_at",
        lookup_expr="gte",
        help_text="Events that changed at this time or later.",
    )
    deleted = FlagFilter(method="filter_deleted", help_text="Your own trash, in place of the rest.")

    REPEATABLE = frozenset({"tag"})

    @classmethod
    def get_filters(cls):
        # `from` is a word of Python's own.
        return {name.rstrip("_"): filter_ for name, filter_ in super().get_filters().items()}

    def filter_search(self, queryset: QuerySet, name: str, text: str) -> QuerySet:
        return queryset.search(text)

    def filter_owner(self, queryset: QuerySet, name: str, text: str) -> QuerySet:
        user_id = parse_uuid(text)
        if user_id:
            return queryset.filter(owner_id=user_id)
        return queryset.alias(owner_key=Lower("owner_username")).filter(owner_key=text.lower())

    def filter_deleted(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset  # the view has chosen its door by it
