"""What narrows the list of events. None of these can widen it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field

from accounts.models import User
from events import times
from events.models.event import Status
from events.roles import Role
from neofi.ids import parse_uuid
from neofi.problems import invalid

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
    """Without an offset, the time is read in the caller's own time zone.

    `asks` names a method of the queryset, for what is more than a comparison of one column.
    """

    field_class = InstantField

    def __init__(self, *args, asks: str | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.asks = asks

    def filter(self, queryset, value):
        if value is not None:
            value = times.to_utc(value, ZoneInfo(self.parent.request.user.timezone))
            if self.asks:
                return getattr(queryset, self.asks)(value)
        return super().filter(queryset, value)


def instant_of(text: str | None, user: User) -> datetime | None:
    """What `?as_of=` says to that caller, where there is no list to filter."""
    try:
        value = InstantField(required=False).clean(text)
    except ValidationError as error:
        raise invalid("as_of", error.messages[0], error.error_list[0].code) from error
    return _past(value and times.to_utc(value, ZoneInfo(user.timezone)))


def _past(instant: datetime | None) -> datetime | None:
    """An instant to come means now, and now is what is read without any."""
    return instant if instant and instant < timezone.now() else None


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


class EventFilterForm(forms.Form):
    """What one parameter cannot know of another."""

    def clean(self):
        if self.cleaned_data.get("deleted") and self.cleaned_data.get("as_of"):
            self.add_error("as_of", ValidationError("The trash is read as it is today.", "invalid"))


class EventFilter(django_filters.FilterSet):
    """Examples:

    - `?from=2026-03-01&to=2026-04-01` what overlaps March
    - `?tag=team&tag=planning` what has both tags
    - `?search=quarterly "road map" -draft` as in a web search
    - `?owner=ada&role=viewer` what ada lets me see
    - `?as_of=2026-03-01&from=2026-04-01` what April was to be, as it looked in March
    """

    from_ = InstantFilter(
        asks="ending_after",
        help_text="Events that end after this: a time as RFC 3339 has it, or a date. Without an "
        "offset, this and the other times are read in your own time zone.",
    )
    to = InstantFilter(
        field_name="by_start_time",
        lookup_expr="lt",
        help_text="Events that start before this. With `from`: what overlaps the window.",
    )
    search = django_filters.CharFilter(
        method="filter_search",
        max_length=MAX_SEARCH,
        help_text='Words in title, description or location; as on the web, `"..."` is a phrase, '
        "`or` an alternative and `-` a word that must not be there.",
    )
    role = django_filters.ChoiceFilter(
        method="filter_role", choices=Role.choices, help_text="Your own role."
    )
    owner = django_filters.CharFilter(
        method="filter_owner", help_text="The owner's id or user name."
    )
    status = django_filters.ChoiceFilter("by_status", choices=Status.choices)
    tag = TagsFilter(method="filter_tag")
    updated_since = InstantFilter(
        asks="changed_since",
        help_text="Events that changed at this time or later.",
    )
    deleted = FlagFilter(method="filter_deleted", help_text="Your own trash, in place of the rest.")

    as_of = InstantFilter(
        method="filter_as_of",
        help_text="The calendar as it was at this instant, of the events that you can see today; "
        "filters and order are about what was then. Your role and the owner are today's. An "
        "instant to come means now. Not with `deleted=true`.",
    )

    class Meta:
        form = EventFilterForm

    REPEATABLE = frozenset({"tag"})

    @classmethod
    def get_filters(cls):
        # `from` is a word of Python's own.
        return {name.rstrip("_"): filter_ for name, filter_ in super().get_filters().items()}

    def filter_search(self, queryset: QuerySet, name: str, text: str) -> QuerySet:
        return queryset.search(text)

    def filter_tag(self, queryset: QuerySet, name: str, tags: list[str]) -> QuerySet:
        return queryset.tagged(tags)

    def filter_role(self, queryset: QuerySet, name: str, role: str) -> QuerySet:
        # What one owns is in the index of owners; that of roles holds the others alone.
        owned = {"by_owner": self.request.user.pk} if role == Role.OWNER else {}
        return queryset.filter(by_role=role, **owned)

    def filter_owner(self, queryset: QuerySet, name: str, text: str) -> QuerySet:
        user_id = parse_uuid(text)
        if user_id:
            return queryset.filter(by_owner=user_id)
        named = User.objects.alias(key=Lower("username")).filter(key=text.lower())
        return queryset.filter(by_owner=Subquery(named.values("pk")[:1]))

    def filter_deleted(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset  # the view has chosen its door by it

    def filter_as_of(self, queryset: QuerySet, name: str, value) -> QuerySet:
        return queryset  # and what it filters, by this

    def instant(self) -> datetime | None:
        """The instant that is asked for, of a valid form."""
        value = self.form.cleaned_data["as_of"]
        return _past(value and times.to_utc(value, ZoneInfo(self.request.user.timezone)))
