"""The tables of history, to be read: nothing is added, changed or removed there.

Newest first by the primary key, which grows with time. Action and people have no index of their
own, which each write would pay for: without an event, these filters look at the newest rows only.
"""

from django.contrib import admin
from django.db.models import Max
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin.dropdown_filters import DropdownFilter
from unfold.contrib.filters.admin.text_filters import TextFilter
from unfold.decorators import display

from accounts.models import User
from collaboration.admin.base import StaffAdmin, StaffChangeList
from events.models import HistoricalEvent, HistoricalGrant
from events.models.history import ACCESS_ACTIONS, Action
from neofi.ids import parse_uuid

NEWEST = 50_000


class EventFilter(TextFilter):
    title = "event (id)"
    parameter_name = "event"
    column = "id"

    def queryset(self, request, queryset):
        text = (self.value() or "").strip()
        if not text:
            return queryset
        event_id = parse_uuid(text)
        return queryset.filter(**{self.column: event_id}) if event_id else queryset.none()


class GrantEventFilter(EventFilter):
    column = "event_id"


class ActionFilter(DropdownFilter):
    title = "action"
    parameter_name = "action"
    actions = [action for action in Action if action not in ACCESS_ACTIONS]

    def lookups(self, request, model_admin):
        return [(action.value, action.value.replace("_", " ")) for action in self.actions]

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class AccessActionFilter(ActionFilter):
    actions = [Action.CREATED, *ACCESS_ACTIONS]


class PersonFilter(TextFilter):
    title = f"who did it (name or id; newest {NEWEST:,} rows)"
    parameter_name = "person"
    column = "history_user_id"

    def queryset(self, request, queryset):
        text = (self.value() or "").strip()
        if not text:
            return queryset
        called = User.objects.all().called(text).values_list("pk", flat=True)
        user_id = parse_uuid(text) or called.first()
        return queryset.filter(**{self.column: user_id}) if user_id else queryset.none()


class GranteeFilter(PersonFilter):
    title = f"whose access (name or id; newest {NEWEST:,} rows)"
    parameter_name = "user"
    column = "user_id"


class HistoryChangeList(StaffChangeList):
    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        asked = {name for name, value in self.params.items() if value}
        if asked & {"action", "person", "user"} and "event" not in asked:
            newest = self.model.objects.aggregate(newest=Max("pk"))["newest"] or 0
            rows = rows.filter(pk__gt=newest - NEWEST)
        return rows

    def _get_default_ordering(self):
        # Of one event there is an index of its own.
        return [self.model_admin.order_of_event] if self.params.get("event") else ["-pk"]


class HistoryAdmin(StaffAdmin):
    actions = None
    sortable_by = ()

    def get_changelist(self, request, **kwargs):
        return HistoryChangeList

    def get_queryset(self, request):
        return super().get_queryset(request).with_author()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @display(description="At (UTC)")
    def at(self, row):
        return f"{row.history_date:%Y-%m-%d %H:%M:%S}"

    @display(description="By", empty_value="system or gone")
    def by(self, row):
        return row.by_username

    @display(description="Note")
    def note(self, row):
        return row.history_change_reason

    @display(description="Action", label=True)
    def done(self, row):
        return row.action.replace("_", " ")


def history_link(event_id, text: str):
    url = reverse("admin:events_event_history", args=[event_id])
    return format_html('<a class="neofi-link" href="{}">{}</a>', url, text)


@admin.register(HistoricalEvent)
class VersionAdmin(HistoryAdmin):
    list_display = ["at", "event", "version_number", "done", "by", "note"]
    list_filter = [EventFilter, ActionFilter, PersonFilter]
    list_display_links = ["at"]
    order_of_event = "-version"

    def get_queryset(self, request):
        # Large, and the form has the content in columns of their own.
        return super().get_queryset(request).defer("snapshot")

    @display(description="Event")
    def event(self, row):
        return history_link(row.id, row.title)

    @display(description="Version")
    def version_number(self, row):
        return row.version


@admin.register(HistoricalGrant)
class AccessChangeAdmin(HistoryAdmin):
    list_display = ["at", "event_link", "grantee", "done", "from_role", "to_role", "by", "note"]
    list_filter = [GrantEventFilter, AccessActionFilter, GranteeFilter, PersonFilter]
    list_display_links = ["at"]
    list_select_related = ["event", "user"]
    order_of_event = "-history_date"

    @display(description="Event")
    def event_link(self, row):
        return history_link(row.event_id, row.event.title)

    @display(description="Whose", empty_value="gone")
    def grantee(self, row):
        return row.user.username if row.user else None

    @display(description="From", empty_value="no role")
    def from_role(self, row):
        return row.previous_role

    @display(description="To", empty_value="no role")
    def to_role(self, row):
        is_gone = row.action in (Action.REVOKED, Action.LEFT) or row.role == row.previous_role
        return None if is_gone else row.role
