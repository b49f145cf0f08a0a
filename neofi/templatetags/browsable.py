"""How values of the API are written for people. Whatever comes in is escaped."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from neofi.browsable.inputs import written

register = template.Library()

CODE = re.compile(r"`([^`]+)`")
MARKS = {"-": ("del", "\u2212"), "+": ("ins", "+"), " ": ("span", " ")}


@register.filter
def prose(text: str) -> SafeString:
    """A docstring, in paragraphs."""
    paragraphs = (coded(" ".join(part.split())) for part in (text or "").split("\n\n"))
    return mark_safe("".join(f"<p>{part}</p>" for part in paragraphs))


@register.filter
def coded(text: str) -> SafeString:
    """What stands between backticks as code."""
    return mark_safe(CODE.sub(r"<code>\1</code>", escape(text)))


@register.filter
def summary(text: str) -> str:
    """The first sentence."""
    return " ".join((text or "").split("\n\n")[0].split()).partition(". ")[0].rstrip(".")


@register.filter
def when(instant: str | None, zone: str = "UTC") -> SafeString | str:
    """An instant on the clocks of a zone."""
    return _when(instant, zone, "%a %-d %b %Y, %H:%M")


@register.filter
def exactly_when(instant: str | None, zone: str = "UTC") -> SafeString | str:
    """The same, to the second: for the history, where much happens in a minute."""
    return _when(instant, zone, "%-d %b %Y, %H:%M:%S")


def _when(instant: str | None, zone: str, form: str) -> SafeString | str:
    if not instant:
        return ""
    try:
        local = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError, KeyError):
        return instant
    return format_html('<time datetime="{}">{}</time>', instant, local.strftime(form))


@register.simple_tag
def span(start: str, end: str, zone: str) -> SafeString | str:
    """From when to when; a day that is the same is said once."""
    same_day = day(start, zone).partition(">")[2] == day(end, zone).partition(">")[2]
    until = _when(end, zone, "%H:%M") if same_day else when(end, zone)
    return format_html("{} \u2013 {}", when(start, zone), until)


@register.filter
def day(instant: str | None, zone: str = "UTC") -> SafeString | str:
    """The date alone, for what takes whole days."""
    return _when(instant, zone, "%a %-d %b %Y")


@register.simple_tag
def value(field: str, shown, zone: str = "UTC") -> SafeString | str:
    """The value of a field, as it stands in a change."""
    if shown is None or shown == "" or shown == [] or shown == {}:
        return format_html('<span class="nothing">{}</span>', "null" if shown is None else "empty")
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(shown, list) and all(isinstance(item, str) for item in shown):
        return format_html_join(" ", '<span class="chip">{}</span>', ((item,) for item in shown))
    if isinstance(shown, dict | list):
        return format_html('<pre class="value">{}</pre>', written(shown))
    if field.endswith("_time"):
        return when(shown, zone)
    return format_html('<span class="text">{}</span>', shown)


@register.filter
def marked(lines: list[str]) -> SafeString:
    """The lines of a `diff`, each as what it is: gone, new, or as before."""
    return format_html_join(
        "\n",
        '<{0} class="line"><span class="mark" aria-hidden="true">{1}</span>{2}</{0}>',
        ((*MARKS.get(line[:1], MARKS[" "]), line[1:]) for line in lines),
    )


@register.filter
def before(version: int) -> int:
    return version - 1


@register.filter
def has(mapping, name: str) -> bool:
    return isinstance(mapping, dict) and name in mapping
