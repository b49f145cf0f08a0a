"""The form of an event: what its content is typed into."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django import forms
from django.forms.fields import InvalidJSONInput
from rest_framework.exceptions import APIException
from unfold.widgets import (
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from events import content as contents
from events.content import Content
from events.models import Event
from events.services.editing import Edit, read_versions
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

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True

    def bound_data(self, data, initial):
        """What was typed; Django's reads it again with a parser that knows other limits."""
        return initial if self.disabled else InvalidJSONInput(data or "")


class LinesField(forms.CharField):
    """A list of texts, one in each line; they may hold commas.

    One that would not come back as it is (it has a line break, or begins with a quotation mark) is
    written as JSON writes it.
    """

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})

    def prepare_value(self, value):
        return value if isinstance(value, str) else "\n".join(map(_line, value or []))

    def to_python(self, value):
        lines = super().to_python(value).replace("\r\n", "\n").split("\n")
        texts = [_text(line.strip()) for line in lines if line.strip()]
        if any("\0" in text for text in texts):  # Django's own check would not see into a list
            raise forms.ValidationError("Texts may not hold the NUL character.", "null_characters")
        return texts

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or [])
        except forms.ValidationError:
            return True


def _line(text: str) -> str:
    is_plain = text == text.strip() and not text.startswith('"') and "\n" not in text
    return text if is_plain else orjson.dumps(text).decode()


def _text(line: str) -> str:
    try:
        found = orjson.loads(line) if line.startswith('"') else line
    except orjson.JSONDecodeError:
        return line
    return found if isinstance(found, str) else line


class WallTimeField(forms.SplitDateTimeField):
    """What the clock on the wall shows, without a zone: the form says in which one it is read."""

    widget = UnfoldAdminSplitDateTimeWidget

    def compress(self, data_list):
        if not data_list:
            return None
        if None in data_list or "" in data_list:
            raise forms.ValidationError("Give a date and a time.", "incomplete")
        return datetime.combine(*data_list)


class EventForm(forms.ModelForm):
    """The content, checked by the same rules as in the API.

    Times are those of the event's own zone. `before` is the content that the form was shown with:
    of `base_version`, which is posted along, so that nobody takes back what others have changed
    meanwhile, only for having had an older page before them.
    """

    tags = LinesField(required=False, help_text="One in each line, up to 20.")
    start_time = WallTimeField(label="Starts")
    end_time = WallTimeField(label="Ends")
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Why; kept with the version for all who see its history.",
    )
    base_version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = Event
        fields = [*contents.FIELDS]
        field_classes = {"metadata": StrictJSONField, "exceptions": StrictJSONField}
        widgets = {
            "description": UnfoldAdminExpandableTextareaWidget(attrs={"rows": 8}),
            **{
                name: UnfoldAdminTextareaWidget(attrs={"rows": 3})
                for name in ("metadata", "recurrence", "exceptions")
            },
        }
        labels = {"timezone": "Time zone", "all_day": "All day"}
        help_texts = {
            "timezone": "Such as Europe/Berlin. A new zone alone keeps the instants of the event, "
            "and the dates if it is all day.",
            "all_day": "Such an event starts and ends at midnight; the end is the day after.",
            "metadata": "A JSON object, for the programs that use the API.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["description"].strip = False
        self.before = self._shown_before() if self.instance.history_at else None
        if self.before:
            self.initial |= self.before | _on_the_wall(self.before)
            self.initial["base_version"] = self.instance.version
            self._name_zone(self.before["timezone"])
        else:
            self.fields["start_time"].help_text = "In the time zone below."
            self.fields["end_time"].help_text = "In the time zone below."

    def _name_zone(self, zone: str) -> None:
        for name in contents.TIMES:
            self.fields[name].label += f" ({zone})"
            self.fields[name].help_text = (
                f"On the clock in {zone}. If you change the zone too, what you type here is read "
                "in the new one."
            )

    def _shown_before(self) -> Content:
        base = self._base_version()
        if base is None or base == self.instance.version:
            return contents.of(self.instance)
        return read_versions(self.instance.pk, base, base)[base].content

    def _base_version(self) -> int | None:
        """As posted, if there is such a version; else None, and nothing is merged."""
        posted = self.data.get(self.add_prefix("base_version"), "") if self.is_bound else ""
        known = posted.isascii() and posted.isdigit() and len(posted) < 10
        return int(posted) if known and 1 <= int(posted) <= self.instance.version else None

    def _post_clean(self):
        """Nothing is written into the instance: the services do that, by rules of their own."""

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

    def given(self) -> dict[str, Any]:
        """The content of a new event; of one that is there, what differs from it."""
        values = {name: self.cleaned_data[name] for name in contents.FIELDS}
        if self.before is None:
            return values
        # A widget shows less than there may be (no microseconds): what it had shown is no change.
        changed = set(contents.differing(self.before, values)).intersection(self.changed_data)
        return {name: values[name] for name in changed}

    def edit(self) -> Edit:
        """What a service is to do with an event that is there."""
        note, base = self.cleaned_data["note"], self._base_version()
        return Edit(self.given(), note=note, base_version=base)


def _on_the_wall(content: Content) -> dict[str, datetime]:
    zone = ZoneInfo(content["timezone"])
    return {name: content[name].astimezone(zone).replace(tzinfo=None) for name in contents.TIMES}
