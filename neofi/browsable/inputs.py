"""Inputs for the fields of a serializer. Their names say how to read them (neofi.parsers)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from rest_framework import serializers
from rest_framework.fields import empty

# The widget and the kind of value for the nearest of a field's classes. They go by name, for some
# are an app's own; JSON can say whatever is left.
WIDGETS = {
    "TimeField": ("time", ""),
    "BooleanField": ("checkbox", "json"),
    "ChoiceField": ("select", ""),
    "IntegerField": ("number", "json"),
    "ListField": ("lines", "lines"),
    "EmailField": ("email", ""),
    "CharField": ("line", ""),
    "Field": ("json", "json"),
}
LONG = 1_000  # characters from which on a text has lines
ALIASES = {"user_id"}  # other names for a field that has an input already
PICKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


@dataclass
class Input:
    """One field as a form shows it; `name` is what the browser sends, `field` what the API says."""

    field: str
    name: str
    widget: str
    value: Any
    help: str = ""
    required: bool = False
    choices: list[tuple[str, str]] = field(default_factory=list)
    limit: int | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def is_rare(self) -> bool:
        """Whether it can stand behind "More"."""
        is_plain = self.widget not in ("json", "number") and ":null" not in self.name
        return not (is_plain or self.errors or self.required)


@dataclass
class Filling:
    """What stands in the inputs: what is there now, or what was typed and then refused."""

    current: Mapping[str, Any] | None = None
    typed: Mapping[str, str] | None = None
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    zone: str = "UTC"
    partial: bool = False

    def inputs(self, serializer: serializers.Serializer) -> Iterator[Input]:
        for name, of in serializer.fields.items():
            if not of.read_only and name not in ALIASES:
                yield self._input(name, of)

    def _input(self, name: str, of: serializers.Field) -> Input:
        known = self.current is not None and name in self.current
        widget, kind, value = exact(*_widget_of(of), self._now(name, of), self.zone)
        sent = name + (f":{kind}" if kind else "") + ("" if known or _must_be_sent(of) else "?")
        if self.typed is not None:
            sent, widget, value = self._typed(name, sent, widget)
        return Input(
            field=name,
            name=sent,
            widget=widget,
            value=value,
            help=_help(of, widget, self.zone),
            required=of.required and not self.partial,
            choices=_choices(of, blank=not known and not of.required),
            limit=getattr(of, "max_length", None) if widget in ("line", "text") else None,
            errors=list(self.errors.get(name, [])),
        )

    def _now(self, name: str, of: serializers.Field) -> Any:
        if name == "base_version" and self.current:
            return self.current.get("version")
        if self.current is not None and name in self.current:
            return self.current[name]
        return None if of.default in (empty, None) or callable(of.default) else of.default

    def _typed(self, name: str, sent: str, widget: str) -> tuple[str, str, Any]:
        """What was sent for the field, under which name, and the widget that can show it again."""
        sent = next((given for given in self.typed if field_of(given) == name), sent)
        text = self.typed.get(sent, "")
        if widget == "password":
            return sent, widget, ""
        if widget == "checkbox":
            return sent, widget, text == "true"
        if widget == "time" and text and not PICKED.fullmatch(text):
            return sent, "line", text
        as_json = ":json" in sent and widget != "number"
        return sent, "json" if as_json else widget, text


def field_of(name: str) -> str:
    """What the name of an input says apart from the kind of its value."""
    return name.removesuffix("?").partition(":")[0]


def exact(widget: str, kind: str, value: Any, zone: str) -> tuple[str, str, Any]:
    """How to show the value so that it comes back as it is, whatever is in it.

    Browsers change the ends of lines, and a picked time has no offset. Where that would lose
    something, the value stands there as JSON, or as the instant that it is.
    """
    if widget == "time":
        local = wall_clock(value, zone) if value else ""
        return ("line", kind, value) if local is None else (widget, kind, local)
    if widget == "json":
        return widget, kind, "" if value is None else written(value)
    if value is None or widget in ("checkbox", "number", "select"):
        return widget, kind, "" if value is None else value
    items = value if widget == "lines" else [value]
    lost = "\r" if widget == "text" else "\r\n"
    if any(set(lost) & set(item) for item in items):
        return "json", "json", written(value)
    return widget, kind, "\n".join(items)


def wall_clock(instant: str, zone: str) -> str | None:
    """What clocks in the zone show then; None if that alone would not say which instant it is."""
    try:
        at, place = datetime.fromisoformat(instant), ZoneInfo(zone)
        local = at.astimezone(place).replace(tzinfo=None, fold=0)
        same = local.replace(tzinfo=place).astimezone(UTC) == at
    except (ValueError, OverflowError, KeyError):
        return None
    if not same or local.microsecond:
        return None
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def written(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _widget_of(of: serializers.Field) -> tuple[str, str]:
    if of.style.get("input_type") == "password":
        return "password", ""
    names = (cls.__name__ for cls in type(of).__mro__)
    widget, kind = next((WIDGETS[name] for name in names if name in WIDGETS), WIDGETS["Field"])
    if isinstance(of, serializers.CharField):
        if of.allow_null:
            return widget, "null"
        if (of.max_length or 0) > LONG:
            return "text", "text"
    if isinstance(of, serializers.ListField) and not isinstance(of.child, serializers.CharField):
        return WIDGETS["Field"]
    return widget, kind


def _must_be_sent(of: serializers.Field) -> bool:
    return of.required or isinstance(of, serializers.BooleanField)


def _help(of: serializers.Field, widget: str, zone: str) -> str:
    told = str(of.help_text or "")
    if widget == "time":
        return f"{told} On the clocks of {zone}.".strip()
    if widget == "lines":
        return f"{told} One in each line.".strip()
    return told


def _choices(of: serializers.Field, *, blank: bool) -> list[tuple[str, str]]:
    if not isinstance(of, serializers.ChoiceField):
        return []
    return [*([("", "by default")] if blank else []), *((key, key) for key in of.choices)]
