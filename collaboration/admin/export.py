"""Events as CSV, for spreadsheets."""

import csv
import re
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import F, OuterRef
from django.http import StreamingHttpResponse
from django.utils import timezone

from events.models import Event, Grant
from events.roles import Role
from events.times import format_instant

COLUMNS = (
    *("id", "title", "owner", "start_time", "end_time", "timezone", "all_day", "status"),
    *("location", "tags", "version", "created_at", "updated_at", "last_editor", "deleted_at"),
)
# What a spreadsheet would take for the beginning of a formula.
FORMULA = tuple("=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
# So does what follows a separator where a spreadsheet splits at semicolons.
SPLIT = re.compile(f";(?=\\s*[{re.escape(''.join(FORMULA))}])")


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def answer(ids: Iterable[UUID]) -> StreamingHttpResponse:
    """The events of these ids, as a file to be saved."""
    response = StreamingHttpResponse(lines(ids), content_type="text/csv; charset=utf-8")
    name = f"events-{timezone.now():%Y-%m-%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def lines(ids: Iterable[UUID]) -> Iterator[str]:
    writer = csv.writer(Echo(), quoting=csv.QUOTE_ALL)
    yield writer.writerow(COLUMNS)
    owners = Grant.objects.filter(event_id=OuterRef("pk"), role=Role.OWNER)
    events = Event.objects.filter(pk__in=list(ids)).order_by("-pk")
    named = events.annotate(
        owner=owners.values("user__username"), last_editor=F("updated_by__username")
    )
    for row in named.values_list(*COLUMNS).iterator(chunk_size=200):
        yield writer.writerow([cell(value) for value in row])


def cell(value: object) -> str:
    """As text that no spreadsheet runs."""
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        return format_instant(value)
    text = ", ".join(value) if isinstance(value, list) else str(value)
    text = SPLIT.sub(";'", text)
    return f"'{text}" if text.startswith(FORMULA) else text
