"""The staff's door to events. Every write goes through the services, so it makes a version."""

import orjson
from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from rest_framework.exceptions import APIException

from collaboration.admin.base import StaffAdmin
from events import content as contents
from events.models import Event
from events.services import writing
from events.services.editing import Edit
from neofi.parsers import check_tree


class StrictJSONField(forms.JSONField):
    """JSON as the API reads it: finite numbers, whole characters, bounded depth."""

    def to_python(self, value):
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        try:
            found = orjson.loads(value)
            check_tree(found)
        except (orjson.JSONDecodeError, APIException) as error:
            raise forms.ValidationError(str(error), "invalid") from error
        return found


class EventForm(forms.ModelForm):
    """The content, checked by the same rules as in the API; times are in UTC here."""

    note = forms.CharField(max_length=500, required=False, help_text="Kept with the version.")

    class Meta:
        model = Event
        fields = [*contents.FIELDS]
        field_classes = {"metadata": StrictJSONField, "exceptions": StrictJSONField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["description"].strip = False
        # Kept now, for the form writes what was typed into the instance.
        self.before = contents.of(self.instance) if self.instance.history_at else None

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            if self.before:
                contents.patched(self.before, self.given())
            else:
                contents.created(self.given(), cleaned["timezone"])
        except contents.Invalid as error:
            for name, (code, message) in error.errors.items():
                self.add_error(name, forms.ValidationError(message, code))
        return cleaned

    def clean_description(self):
        # Browsers send every line with CRLF; nobody has typed that.
        return self.cleaned_data["description"].replace("\r\n", "\n")

    def clean_recurrence(self):
        return self.cleaned_data["recurrence"] or None

    def given(self) -> dict:
        """The content of a new event; of one that is there, what differs from it."""
        values = {name: self.cleaned_data[name] for name in contents.FIELDS}
        if self.before is None:
            return values
        # A widget shows less than there may be (no microseconds): what it had shown is no change.
        changed = set(contents.differing(self.before, values)).intersection(self.changed_data)
        return {name: values[name] for name in changed}


@admin.register(Event)
class EventAdmin(StaffAdmin):
    """Events are not deleted here but thrown into the trash, and restored from it."""

    form = EventForm
    actions = ["throw_away", "restore"]
    list_display = ["title", "start_time", "end_time", "status", "version", "deleted_at"]
    list_filter = ["status", "all_day", ("deleted_at", admin.EmptyFieldListFilter)]
    search_fields = ["title", "location", "grants__user__username"]
    ordering = ["-updated_at"]

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        in_trash = obj is not None and obj.deleted_at
        return not in_trash and super().has_change_permission(request, obj)

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except APIException as refusal:  # somebody was faster
            self.message_user(request, f"Not saved: {refusal.detail}", "error")
            return redirect("admin:events_event_changelist")

    def save_model(self, request, obj, form, change):
        note = form.cleaned_data["note"]
        if change:
            edit = Edit(form.given(), note=note)
            writing.update_event(obj.pk, edit, by=request.user, as_staff=True)
        else:
            obj.pk = writing.create_event(by=request.user, content=form.given(), note=note).pk

    @admin.action(description="Move to the trash", permissions=["change"])
    def throw_away(self, request, queryset):
        self._each(request, queryset.filter(deleted_at=None), writing.delete_event)

    @admin.action(description="Restore from the trash", permissions=["change"])
    def restore(self, request, queryset):
        self._each(request, queryset.exclude(deleted_at=None), writing.restore_event)

    def _each(self, request, queryset, service):
        done = 0
        for event_id in queryset.values_list("pk", flat=True):
            try:
                service(event_id, by=request.user, as_staff=True)
                done += 1
            except APIException as refusal:  # somebody was faster
                self.message_user(request, f"{event_id}: {refusal.detail}", "warning")
        self.message_user(request, f"Done: {done}.")
