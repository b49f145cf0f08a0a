"""Room for the chain of hashes, for merges, and for reading the calendar as it was."""

from django.db import migrations, models

# As in 0002, with two more columns.
COPIES = """
CREATE OR REPLACE FUNCTION events_grant_copy_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT created_at, moved_at, start_time, updated_at, deleted_at
        INTO NEW.event_created_at, NEW.event_moved_at,
            NEW.event_start_time, NEW.event_updated_at, NEW.event_deleted_at
        FROM events_event WHERE id = NEW.event_id;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION events_event_copy_to_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE events_grant
        SET event_moved_at = NEW.moved_at,
            event_start_time = NEW.start_time,
            event_updated_at = NEW.updated_at,
            event_deleted_at = NEW.deleted_at
        WHERE event_id = NEW.id;
    RETURN NULL;
END $$;
"""

COPIES_BEFORE = """
CREATE OR REPLACE FUNCTION events_grant_copy_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT start_time, updated_at, deleted_at
        INTO NEW.event_start_time, NEW.event_updated_at, NEW.event_deleted_at
        FROM events_event WHERE id = NEW.event_id;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION events_event_copy_to_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE events_grant
        SET event_start_time = NEW.start_time,
            event_updated_at = NEW.updated_at,
            event_deleted_at = NEW.deleted_at
        WHERE event_id = NEW.id;
    RETURN NULL;
END $$;
"""


def instant(**kwargs):
    return models.DateTimeField(editable=False, **kwargs)


class Migration(migrations.Migration):
    dependencies = [("events", "0002_triggers")]

    operations = [
        migrations.AddField(
            "event",
            "history_head",
            models.CharField(default="", editable=False, max_length=64),
        ),
        migrations.AddField("event", "moved_at", instant(null=True)),
        migrations.AddField("grant", "event_created_at", instant(null=True)),
        migrations.AddField("grant", "event_moved_at", instant(null=True)),
        migrations.AddField(
            "historicalevent",
            "hash",
            models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            "historicalevent", "merged_from", models.PositiveIntegerField(null=True)
        ),
        migrations.AddField(
            "historicalevent", "snapshot", models.TextField(default=""), preserve_default=False
        ),
        migrations.RunSQL(COPIES, COPIES_BEFORE),
    ]
