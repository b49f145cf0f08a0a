"""Give the versions from before their snapshots and hashes, and the events what follows from them.

In chunks, each a transaction: an interrupted run goes on where it was.
"""

import hashlib
import hmac
from datetime import UTC
from itertools import islice

import orjson
from django.conf import settings
from django.db import migrations, transaction

CHUNK = 500  # events that one transaction changes
BATCH = 100  # versions that are in memory at once
# As of this migration: live code changes under it.
FIELDS = (
    "title",
    "description",
    "location",
    "start_time",
    "end_time",
    "timezone",
    "all_day",
    "status",
    "transparency",
    "tags",
    "metadata",
    "recurrence",
    "exceptions",
)


def snapshot_of(row) -> str:
    kept = {"content": {name: getattr(row, name) for name in FIELDS}, "schema": 1}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()


def hash_of(row, previous: str) -> str:
    covered = {
        "previous": previous,
        "event": str(row.id),
        "uid": row.uid,
        "split_from": row.split_from_id and str(row.split_from_id),
        "version": row.version,
        "action": row.action,
        "author": row.history_user_id and str(row.history_user_id),
        "at": row.history_date.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "change_set": str(row.change_set),
        "note": row.history_change_reason,
        "source_version": row.source_version,
        "merged_from": row.merged_from,
        "snapshot": row.snapshot,
    }
    text = orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)
    if settings.HISTORY_KEY:
        return hmac.digest(settings.HISTORY_KEY.encode(), text, "sha256").hex()
    return hashlib.sha256(text).hexdigest()


COPY_TO_GRANTS = """
UPDATE events_grant
    SET event_created_at = events_event.created_at, event_moved_at = events_event.moved_at
    FROM events_event
    WHERE events_event.id = events_grant.event_id AND events_event.id = ANY(%s)
"""


def chain(apps, schema_editor):
    Event = apps.get_model("events", "Event")
    events = Event.objects.filter(moved_at=None).order_by("pk")
    last = None
    while True:
        with transaction.atomic():
            left = events.filter(pk__gt=last) if last else events
            chunk = list(left.select_for_update()[:CHUNK])
            if not chunk:
                return
            _chain(apps, {event.pk: event for event in chunk})
            Event.objects.bulk_update(chunk, ["history_head", "moved_at"])
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(COPY_TO_GRANTS, [[event.pk for event in chunk]])
        last = chunk[-1].pk


def _chain(apps, events):
    """Chain the versions of these events, a batch of rows in memory, and move their heads along."""
    Version = apps.get_model("events", "HistoricalEvent")
    rows = Version.objects.filter(id__in=events).order_by("id", "version").iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        for row in batch:
            event = events[row.id]
            row.snapshot = snapshot_of(row)
            row.hash = event.history_head = hash_of(row, event.history_head)
            if event.field_versions.get("start_time") == row.version:
                event.moved_at = row.history_date
        Version.objects.bulk_update(batch, ["snapshot", "hash"])
    for event in events.values():
        event.moved_at = event.moved_at or event.created_at


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0003_history_chain")]

    operations = [migrations.RunPython(chain, migrations.RunPython.noop)]
