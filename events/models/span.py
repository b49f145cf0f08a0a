"""When each version stood, and each start: what reading the calendar as it was goes by."""

from django.db import models
from django.db.models import Q

from events.models.event import Event, HistoricalEvent
from events.querysets import OPEN


class Span(models.Model):
    """That a version was the newest from `since` on until just before `until`, not in the trash.

    So an event has at most one span at any instant, and none before its creation or while it was in
    the trash. The times are the version's, copied for windows and orders. A database trigger writes
    spans (migration 0013), for whoever adds a version, and a foreign key of the database's own
    removes them with it: history itself is never written again.
    """

    row = models.OneToOneField(
        HistoricalEvent, models.DO_NOTHING, primary_key=True, db_constraint=False
    )
    event = models.ForeignKey(
        Event, models.DO_NOTHING, related_name="spans", db_constraint=False, db_index=False
    )
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [
            # The version that stood at an instant; and the one that a new version ends.
            models.Index(fields=["event", "until", "since"], name="span_version_idx"),
            # GET /api/events?as_of= by updated_at: of the events that have changed since.
            models.Index(
                fields=["since", "event", "until"],
                condition=Q(until__lt=OPEN),
                name="span_recent_idx",
            ),
        ]

    def __str__(self):
        return f"version {self.row_id} of {self.event_id}"


class Stay(models.Model):
    """That an event was at `start_time` from `since` until just before `left_at`.

    Of the starts that it has left, and of no other: so most events have none, and what was where
    it no longer is stands in one index. `row` is the version that moved it away; the same trigger
    writes stays, and they go with it.
    """

    row = models.OneToOneField(
        HistoricalEvent, models.DO_NOTHING, primary_key=True, db_constraint=False
    )
    event = models.ForeignKey(
        Event, models.DO_NOTHING, related_name="stays", db_constraint=False, db_index=False
    )
    start_time = models.DateTimeField()
    since = models.DateTimeField()
    left_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Where one event was at an instant; and since when the newest, which a move ends.
            models.Index(fields=["event", "left_at", "since"], name="stay_event_idx"),
            # GET /api/events?as_of= by start_time: of the events that have been moved since.
            models.Index(
                fields=["start_time", "event", "left_at", "since"], name="stay_calendar_idx"
            ),
            # The same where few have been.
            models.Index(fields=["left_at"], name="stay_left_idx"),
        ]

    def __str__(self):
        return f"until version {self.row_id} of {self.event_id}"
