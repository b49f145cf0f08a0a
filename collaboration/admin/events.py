"""The staff's door to events. Every write goes through the services, so it makes a version."""

from functools import partial
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from rest_framework.exceptions import APIException
from unfold.decorators import action, display

from collaboration.admin import bulk, comparing, event_list, export, people, timeline
from collaboration.admin.base import StaffAdmin, sentence
from collaboration.admin.event_form import EventForm
from events.models import Event
from events.services import writing
from neofi.ids import parse_uuid

RESTORE = "events.restore_event"
# What a cell says, and more about it.
LINES = '<span class="neofi-line">{}</span> <span class="neofi-line neofi-quiet">{}</span>'
COLOURS = {"confirmed": "success", "tentative": "warning", "cancelled": "danger"}
RECORD = ["id", "version", "owner", "created_at", "updated_at", "updated_by", "deleted_at"]
GROUPS = {
    "What": ["title", "description", "location", "tags"],
    "When": ["start_time", "end_time", "timezone", "all_day"],
    "State": [("status", "transparency")],
    "Data of programs": ["metadata", "recurrence", "exceptions"],
}


@admin.register(Event)
class EventAdmin(StaffAdmin):
    """Events are not deleted here but thrown into the trash, and restored from it."""

    form = EventForm
    actions = ["cancel", "throw_away", "restore", "transfer", "export"]
    actions_detail = [
        "history_page",
        "people_page",
        "cancel_one",
        "transfer_one",
        "throw_one_away",
        "restore_one",
    ]
    change_list_template = "admin/events/change_list.html"
    change_form_outer_after_template = "admin/events/people_summary.html"
    date_hierarchy = event_list.BY
    list_display = [
        *("titled", "owner", "when", "status_label", "collaborators", "version_number"),
        *("changed", "in_trash"),
    ]
    list_filter = [
        event_list.StatusFilter,
        event_list.OwnerFilter,
        event_list.TrashFilter,
        event_list.PeopleFilter,
    ]
    search_fields = ["title"]  # the box; what it looks for is get_search_results
    search_help_text = "Words in title, description or location; or the id of an event."
    readonly_fields = [*RECORD, "starts", "ends", "tag_lines"]

    # Who may do what

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        in_trash = obj is not None and obj.deleted_at
        return not in_trash and super().has_change_permission(request, obj)

    def has_edit_permission(self, request, object_id=None):
        """As above, for the buttons of one event: the theme asks with its id."""
        return super().has_change_permission(request)

    def has_restore_permission(self, request, object_id=None):
        return self.has_view_permission(request) and (
            super().has_change_permission(request) or request.user.has_perm(RESTORE)
        )

    # The list

    def get_changelist(self, request, **kwargs):
        return event_list.EventChangeList

    def get_search_results(self, request, queryset, search_term):
        if "\0" in search_term:
            return queryset.none(), False
        return event_list.sought(request, queryset, search_term), False

    def lookup_allowed(self, lookup, value, request=None):
        of_dates = {f"{event_list.BY}__{part}" for part in ("year", "month", "day")}
        return lookup in of_dates or super().lookup_allowed(lookup, value, request)

    @display(description="Title")
    def titled(self, event):
        return event.title

    @display(description="Owner")
    def owner(self, event):
        url = reverse("admin:accounts_user_change", args=[event.owner_id])
        return format_html('<a class="neofi-link" href="{}">{}</a>', url, event.owner_name)

    @display(description="When", ordering="start_time")
    def when(self, event):
        """On the wall of the event's zone."""
        zone = ZoneInfo(event.timezone)
        start, end = (at.astimezone(zone) for at in (event.start_time, event.end_time))
        until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
        return format_html(LINES, f"{start:%Y-%m-%d %H:%M} to {until}", event.timezone)

    @display(description="Starts")
    def starts(self, event):
        return _local(event, event.start_time)

    @display(description="Ends")
    def ends(self, event):
        return _local(event, event.end_time)

    @display(description="Status", label=COLOURS)
    def status_label(self, event):
        return event.status, event.get_status_display()

    @display(description="Collaborators")
    def collaborators(self, event):
        others = event.people - 1
        return f"{event_list.MOST_PEOPLE - 1}+" if others >= event_list.MOST_PEOPLE else others

    @display(description="Version")
    def version_number(self, event):
        return event.version

    @display(description="Last change (UTC)")
    def changed(self, event):
        by = event.updated_by.username if event.updated_by else "somebody who is gone"
        return format_html(LINES, f"{event.updated_at:%Y-%m-%d %H:%M}", f"by {by}")

    @display(description="In trash", label="warning", empty_value="")
    def in_trash(self, event):
        return f"since {event.deleted_at:%Y-%m-%d}" if event.deleted_at else None

    @display(description="Tags")
    def tag_lines(self, event):
        return ", ".join(event.tags)

    # The form

    def get_object(self, request, object_id, from_field=None):
        event_id = parse_uuid(object_id)
        return event_id and event_list.shown(self.get_queryset(request)).filter(pk=event_id).first()

    def get_form(self, request, obj=None, **kwargs):
        if obj and not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm  # nothing is typed in
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [*_groups(), ("Note", {"fields": ["note"]})]
        record = ("Record", {"fields": RECORD})
        if self.has_change_permission(request, obj):
            return [*_groups(), ("Note", {"fields": ["note", "base_version"]}), record]
        # To be read: times on the wall of the event's zone.
        shown = {"start_time": "starts", "end_time": "ends", "tags": "tag_lines"}
        return [*_groups(shown), record]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra = {**(extra_context or {}), "show_history": False}
        try:
            return super().changeform_view(request, object_id, form_url, extra)
        except APIException as refusal:  # somebody was faster
            self.message_user(request, f"Not saved: {sentence(refusal)}", "error")
            if object_id and refusal.status_code == 409:
                return redirect("admin:events_event_change", object_id)
            return redirect("admin:events_event_changelist")

    def render_change_form(self, request, context, **kwargs):
        if event := context.get("original"):
            context["grants"] = list(people.grants_of(event.pk)[: people.MOST_SHOWN + 1])
            context["most_grants"] = people.MOST_SHOWN
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request, obj, form, change):
        if change:
            writing.update_event(obj.pk, form.edit(), by=request.user, as_staff=True)
        else:
            note = form.cleaned_data["note"]
            obj.pk = writing.create_event(by=request.user, content=form.given(), note=note).pk
        obj.title = form.cleaned_data["title"]  # for the message

    # Pages of their own

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(partial(view, self))

        name = "events_event"
        return [
            path("<uuid:event_id>/people/", page(people.people), name=f"{name}_people"),
            path("<uuid:event_id>/compare/", page(comparing.compare), name=f"{name}_compare"),
            path(
                "<uuid:event_id>/roll-back/<int:version>/",
                page(comparing.roll_back),
                name=f"{name}_roll_back",
            ),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        event_id = parse_uuid(object_id)
        if event_id is None:
            raise Http404
        return timeline.history(self, request, event_id)

    # Actions, on many events and on one

    @admin.action(description="Cancel", permissions=["change"])
    def cancel(self, request, queryset):
        return bulk.of_list(self, request, bulk.CANCEL, queryset)

    @admin.action(description="Move to the trash", permissions=["change"])
    def throw_away(self, request, queryset):
        return bulk.of_list(self, request, bulk.THROW_AWAY, queryset)

    @admin.action(description="Restore from the trash", permissions=["restore"])
    def restore(self, request, queryset):
        return bulk.of_list(self, request, bulk.RESTORE, queryset)

    @admin.action(description="Transfer to another owner", permissions=["change"])
    def transfer(self, request, queryset):
        return bulk.of_list(self, request, bulk.TRANSFER, queryset)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export(self, request, queryset):
        ids = bulk.chosen(queryset)
        return None if bulk.too_many(request, ids) else export.answer(ids)

    def get_actions_detail(self, request, object_id):
        """Without those that the state of the event leaves nothing to do for."""
        found = super().get_actions_detail(request, object_id)
        event_id = parse_uuid(str(object_id))
        thrown_away = Event.objects.filter(pk=event_id).values_list("deleted_at", flat=True).first()
        live_only = {"cancel_one", "transfer_one", "throw_one_away"}
        hidden = live_only if thrown_away else {"restore_one"}
        return [one for one in found if one.method.original_function_name not in hidden]

    def _on_one(self, request, object_id, what):
        event_id = parse_uuid(object_id)
        if event_id is None or not Event.objects.filter(pk=event_id).exists():
            raise Http404
        back = reverse("admin:events_event_change", args=[event_id])
        return bulk.act(self, request, what, [event_id], back) or redirect(back)

    @action(description="History", url_path="all-history", icon="history")
    def history_page(self, request, object_id):
        return redirect("admin:events_event_history", object_id)

    @action(description="Access", url_path="access", icon="group")
    def people_page(self, request, object_id):
        if parse_uuid(object_id) is None:
            raise Http404
        return redirect("admin:events_event_people", object_id)

    @action(description="Cancel", url_path="cancel", permissions=["edit"], icon="event_busy")
    def cancel_one(self, request, object_id):
        return self._on_one(request, object_id, bulk.CANCEL)

    @action(description="Transfer", url_path="transfer", permissions=["edit"], icon="move_up")
    def transfer_one(self, request, object_id):
        return self._on_one(request, object_id, bulk.TRANSFER)

    @action(description="To the trash", url_path="trash", permissions=["edit"], icon="delete")
    def throw_one_away(self, request, object_id):
        return self._on_one(request, object_id, bulk.THROW_AWAY)

    @action(
        description="Restore",
        url_path="restore",
        permissions=["restore"],
        icon="restore_from_trash",
    )
    def restore_one(self, request, object_id):
        return self._on_one(request, object_id, bulk.RESTORE)


def _local(event, instant) -> str:
    """On the wall of the event's zone, with the zone."""
    return f"{instant.astimezone(ZoneInfo(event.timezone)):%Y-%m-%d %H:%M} {event.timezone}"


def _groups(renamed=()) -> list[tuple]:
    names = dict(renamed)

    def field(name):
        return tuple(map(field, name)) if isinstance(name, tuple) else names.get(name, name)

    return [(title, {"fields": list(map(field, fields))}) for title, fields in GROUPS.items()]
