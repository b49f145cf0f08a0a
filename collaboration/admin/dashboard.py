"""The first page of the staff: what there is, what happens, and where to look closer."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import FailedLogin, Session, User
from events.models import Event, HistoricalEvent
from neofi.ids import first_uuid7

KEPT = 300  # seconds: some figures count whole tables
DAYS = 30
MOST_EDITED = 7
# What the list is to show, where that is less than everything.
LINKS = {Session: "?state=open"}


class Tile(NamedTuple):
    """A figure, with the list that it counts."""

    label: str
    figure: int
    note: str
    url: str


class Day(NamedTuple):
    """One bar of a chart: `share` is its height in percent of the highest."""

    date: date
    count: int
    share: int


class Edited(NamedTuple):
    title: str
    count: int
    url: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the context of the index what this member of staff may see (UNFOLD in settings)."""
    figures = cache.get_or_set("staff-dashboard", _figures, KEPT)
    may = request.user.has_perm
    tiles, charts = [], []
    if may("accounts.view_user"):
        tiles.append(_tile("Users", figures, "users", "{new_users} new in 30 days", User))
    if may("events.view_event"):
        tiles.append(_tile("Events", figures, "events", "{new_events} new in 30 days", Event))
    if may("events.view_historicalevent"):
        tiles.append(_tile("Versions", figures, "versions", "in 30 days", HistoricalEvent))
        charts.append(("Versions per day", figures["versions_by_day"]))
    if may("accounts.view_session"):
        tiles.append(_tile("Open sessions", figures, "sessions", "signed in now", Session))
    if may("accounts.view_failedlogin"):
        tiles.append(_tile("Failed logins", figures, "failed", "in 30 days", FailedLogin))
        charts.append(("Failed logins per day", figures["failed_by_day"]))
    context.update(
        tiles=tiles,
        charts=charts,
        edited=figures["edited"] if may("events.view_historicalevent") else [],
        counted_at=figures["at"],
        kept_minutes=KEPT // 60,
    )
    return context


def _tile(label: str, figures: dict, name: str, note: str, model) -> Tile:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return Tile(label, figures[name], note.format_map(figures), url + LINKS.get(model, ""))


def _figures() -> dict[str, Any]:
    now = timezone.now()
    since = now - timedelta(days=DAYS)
    # UUIDv7 are in order of time: their indexes know what is new.
    newer = first_uuid7(since)
    versions = HistoricalEvent.objects.filter(change_set__gte=newer)
    failed = FailedLogin.objects.filter(at__gte=since)
    versions_by_day = _by_day(versions, "history_date", now)
    failed_by_day = _by_day(failed, "at", now)
    return {
        "at": now,
        "users": User.objects.count(),
        "new_users": User.objects.filter(pk__gte=newer).count(),
        "events": Event.objects.count(),
        "new_events": Event.objects.filter(pk__gte=newer).count(),
        "versions": sum(day.count for day in versions_by_day),
        "versions_by_day": versions_by_day,
        "sessions": Session.objects.live().count(),
        "failed": sum(day.count for day in failed_by_day),
        "failed_by_day": failed_by_day,
        "edited": _most_edited(versions),
    }


def _by_day(rows: QuerySet, instant: str, now: datetime) -> list[Day]:
    """One for each of the last DAYS days, today the last."""
    counted = rows.annotate(day=TruncDate(instant)).values_list("day").annotate(Count("pk"))
    counts = dict(counted.order_by())
    dates = [now.date() - timedelta(days=ago) for ago in reversed(range(DAYS))]
    highest = max([counts.get(one, 0) for one in dates]) or 1
    return [Day(one, n := counts.get(one, 0), round(100 * n / highest)) for one in dates]


def _most_edited(versions: QuerySet) -> list[Edited]:
    counted = versions.values_list("id").annotate(count=Count("pk")).order_by("-count", "id")
    counts: dict[UUID, int] = dict(counted[:MOST_EDITED])
    titles = dict(Event.objects.filter(pk__in=counts).values_list("pk", "title"))
    return [
        Edited(titles[pk], count, reverse("admin:events_event_history", args=[pk]))
        for pk, count in counts.items()
        if pk in titles
    ]
