"""How the staff's list of events is searched, filtered and ordered.

Each way is served by an index or bounded, so that it costs the same among a million events.
"""

from calendar import month_name, monthrange
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Func, IntegerField, Max, Min, OuterRef, QuerySet
from django.utils import timezone
from unfold.contrib.filters.admin.dropdown_filters import DropdownFilter
from unfold.contrib.filters.admin.text_filters import TextFilter

from accounts.models import User
from collaboration.admin.base import StaffChangeList
from events.filters import MAX_SEARCH
from events.models import Event, Grant
from events.models.event import Status
from events.querysets import EventQuerySet
from events.roles import Role
from neofi.ids import parse_uuid

BY = "start_time"
# How many events are looked through for those with many or few collaborators.
MOST_LOOKED_THROUGH = 20_000
# And how many of the live events of one owner, of their trash, or with some words are found.
MOST_OWNED, MOST_FOUND = 20_000, 2_000
MANY = 10
# More people than this are shown as "99+".
MOST_PEOPLE = 100
# Years before and after this one that the date hierarchy names.
NEAR = 5


class StatusFilter(DropdownFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class OwnerFilter(TextFilter):
    """`?owner=<id or user name>`: what one person owns, in the trash too."""

    title = "owner (name or id)"
    parameter_name = "owner"

    def queryset(self, request, queryset):
        text = (self.value() or "").strip()
        if not text:
            return queryset
        people = User.objects.all()
        user_id = parse_uuid(text) or people.called(text).values_list("pk", flat=True).first()
        return queryset.filter(pk__in=owned_by(user_id)) if user_id else queryset.none()


def owned_by(user_id: UUID) -> QuerySet:
    """The ids of the events, those that start last: of the live ones and of the trash, each cut in
    an index of its own.
    """
    grants = Grant.objects.filter(user=user_id).order_by("-event_start_time", "-event")
    live = grants.filter(event_owner=user_id, event_deleted_at__isnull=True)
    trash = grants.filter(role=Role.OWNER, event_deleted_at__isnull=False)
    halves = (half.values("event")[:MOST_OWNED] for half in (live, trash))
    return next(halves).union(*halves, all=True)


class TrashFilter(DropdownFilter):
    title = "trash"
    parameter_name = "trash"

    def lookups(self, request, model_admin):
        return [("no", "Not in the trash"), ("yes", "In the trash")]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


class PeopleFilter(DropdownFilter):
    """Applied by the list itself, which knows what is to be looked through."""

    title = f"collaborators (among the first {MOST_LOOKED_THROUGH:,})"
    parameter_name = "people"

    def lookups(self, request, model_admin):
        return [("none", "None"), ("few", f"1 to {MANY - 1}"), ("many", f"{MANY} and more")]

    def queryset(self, request, queryset):
        return queryset


def with_people(events: QuerySet, how_many: str) -> QuerySet:
    """Those of the first so many events, as they are ordered, that have that many collaborators."""
    others = Grant.objects.filter(event_id=OuterRef("pk")).exclude(role=Role.OWNER)
    first = events.values("pk")[:MOST_LOOKED_THROUGH]
    some = Exists(others)
    if how_many == "none":
        return events.filter(~some, pk__in=first)
    fewest = events.filter(some, pk__in=first).alias(people=people_of("pk", MANY + 1))
    return fewest.filter(people__gt=MANY) if how_many == "many" else fewest.filter(people__lte=MANY)


def people_of(event: str, most: int) -> Func:
    """How many grants an event has, the owner's among them; counted no further than `most`."""
    grants = Grant.objects.filter(event_id=OuterRef(event)).values("pk")[:most]
    return Func(ArraySubquery(grants), function="CARDINALITY", output_field=IntegerField())


class EventChangeList(StaffChangeList):
    """Newest first; the trash by when it was thrown away, a part of the calendar by start."""

    def get_filters_params(self, params=None):
        """A month of whatever year is nothing that an index has."""
        asked = super().get_filters_params(params)
        if f"{BY}__year" not in asked:
            for part in ("month", "day"):
                asked.pop(f"{BY}__{part}", None)
        return asked

    def get_queryset(self, request, exclude_parameters=None):
        events = super().get_queryset(request, exclude_parameters)
        how_many = self.params.get(PeopleFilter.parameter_name)
        known = how_many in ("none", "few", "many")
        return with_people(events, how_many) if known else events

    def get_results(self, request):
        """The columns are joined to what is on the page, and not to all that is passed over."""
        super().get_results(request)
        ids = list(self.result_list.values_list("pk", flat=True))
        order = self.queryset.query.order_by
        self.result_list = shown(Event.objects.filter(pk__in=ids)).order_by(*order)

    def dates(self) -> dict[str, Any]:
        """For the template."""
        return hierarchy(self)

    def _get_default_ordering(self):
        if f"{BY}__year" in self.params:
            return [BY]
        if self.params.get(TrashFilter.parameter_name) == "yes":
            return ["-deleted_at"]
        return ["-pk"]


def shown(events: EventQuerySet) -> EventQuerySet:
    """With what the columns need, in the same query."""
    owners = Grant.objects.filter(event_id=OuterRef("pk"), role=Role.OWNER)
    return events.select_related("updated_by").annotate(
        owner_id=owners.values("user_id"),
        owner_name=owners.values("user__username"),
        people=people_of("pk", MOST_PEOPLE + 1),
    )


def sought(request, events: EventQuerySet, text: str) -> EventQuerySet:
    """What an id names, or what holds the words: up to MOST_FOUND of those."""
    text = text.strip()
    if not text:
        return events
    if event_id := parse_uuid(text):
        return events.filter(pk=event_id)
    if len(text) > MAX_SEARCH:
        messages.warning(request, f"Search for up to {MAX_SEARCH} characters.")
        return events.none()
    # Found first, apart from the order: the planner would else walk along it and read every text.
    found = Event.objects.all().search(text).order_by().values("pk")[:MOST_FOUND]
    return events.filter(pk__in=found)


def hierarchy(changes: EventChangeList) -> dict[str, Any]:
    """Links to years, months and days for the theme's template of a date hierarchy.

    Django's own would read every start that the filters leave. This one asks an index for the first
    and the last of all, and names months and days whether or not something starts in them.
    """
    year = _number(changes, "year")
    month, day = (year and _number(changes, part) for part in ("month", "day"))
    choices, back = list(_choices(changes, year, month, day)), None
    if year:
        kept = {"year": year, "month": month} if month and day else {"year": year} if month else {}
        title = f"{month_name[month]} {year}" if month and day else year if month else "All dates"
        back = {"title": title, "link": _link(changes, **kept)}
    return {"show": True, "back": back, "choices": choices}


def _number(changes: EventChangeList, part: str) -> int | None:
    return int(changes.params.get(f"{BY}__{part}", 0)) or None


def _choices(changes, year: int | None, month: int | None, day: int | None) -> Iterator[dict]:
    if year and month and day:
        yield {"title": f"{date(year, month, day):%-d %B %Y}"}
    elif year and month:
        for day in range(1, monthrange(year, month)[1] + 1):
            yield {"title": day, "link": _link(changes, year=year, month=month, day=day)}
    elif year:
        for month in range(1, 13):
            yield {"title": month_name[month], "link": _link(changes, year=year, month=month)}
    else:
        for year in _years():
            yield {"title": year, "link": _link(changes, year=year)}


def _years() -> list[int]:
    """The first and the last in which something starts, and those near to this one in between."""
    ends: dict[str, datetime] = Event.objects.aggregate(first=Min(BY), last=Max(BY))
    if ends["first"] is None:
        return []
    first, last, now = ends["first"].year, ends["last"].year, timezone.now().year
    near = range(max(first, now - NEAR), min(last, now + NEAR) + 1)
    return sorted({first, *near, last})


def _link(changes: EventChangeList, **parts: int | None) -> str:
    asked = {f"{BY}__{name}": value for name, value in parts.items() if value}
    return changes.get_query_string(asked, [f"{BY}__"])
