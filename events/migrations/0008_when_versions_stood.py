"""A span for each version that stood, and indexes: so that the calendar is read as it was."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models

OPEN = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)

# A version in the trash ends the span before it, and has none. Versions of one statement come in
# their order. The foreign key is not Django's, which would look for spans before each purge.
SPANS = """
CREATE FUNCTION events_span_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    still_open CONSTANT timestamptz := '9999-12-31 23:59:59.999999Z';
    start_before timestamptz;
BEGIN
    IF NEW.version > 1 THEN
        UPDATE events_span SET until = NEW.history_date
            WHERE event_id = NEW.id AND until = still_open
            RETURNING start_time INTO start_before;
        -- No row: it comes out of the trash, and may have been anywhere.
        IF start_before IS DISTINCT FROM NEW.start_time THEN
            UPDATE events_span SET left_at = NEW.history_date
                WHERE event_id = NEW.id AND left_at = still_open AND start_time <> NEW.start_time;
        END IF;
    END IF;
    IF NEW.deleted_at IS NULL THEN
        INSERT INTO events_span (row_id, event_id, start_time, end_time, since, until, left_at)
            VALUES (NEW.history_id, NEW.id, NEW.start_time, NEW.end_time,
                NEW.history_date, still_open, still_open);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER version_has_span AFTER INSERT ON events_historicalevent
    FOR EACH ROW EXECUTE FUNCTION events_span_of_version();

ALTER TABLE events_span ADD CONSTRAINT span_of_version
    FOREIGN KEY (row_id) REFERENCES events_historicalevent ON DELETE CASCADE;
"""

DROP_SPANS = """
ALTER TABLE events_span DROP CONSTRAINT span_of_version;
DROP TRIGGER version_has_span ON events_historicalevent;
DROP FUNCTION events_span_of_version();
"""

LIVE = models.Q(event_deleted_at__isnull=True)
ENDED = models.Q(until__lt=OPEN)
LEFT = models.Q(left_at__lt=OPEN)


def link(field, to, **kwargs):
    return field(
        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to=to, **kwargs
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0007_find_old_trash")]

    operations = [
        migrations.CreateModel(
            "Span",
            [
                (
                    "row",
                    link(
                        models.OneToOneField,
                        "events.historicalevent",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "event",
                    link(models.ForeignKey, "events.event", db_index=False, related_name="spans"),
                ),
                ("start_time", models.DateTimeField()),
                ("end_time", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("left_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["event", "until", "since"], name="span_version_idx"),
                    models.Index(
                        fields=["start_time", "event", "until", "since"],
                        condition=LEFT,
                        name="span_calendar_idx",
                    ),
                    models.Index(fields=["left_at"], condition=LEFT, name="span_left_idx"),
                    models.Index(
                        fields=["since", "event", "until"], condition=ENDED, name="span_recent_idx"
                    ),
                ]
            },
        ),
        migrations.RemoveIndex("grant", "grant_calendar_idx"),
        migrations.AddIndex(
            "grant",
            models.Index(
                fields=["user", "event_start_time", "event", "event_moved_at"],
                condition=LIVE,
                name="grant_calendar_idx",
            ),
        ),
        migrations.AddIndex(
            "grant",
            models.Index(
                fields=["user", "event_created_at"], condition=LIVE, name="grant_created_idx"
            ),
        ),
        migrations.AddIndex(
            "historicalevent",
            GinIndex(
                SearchVector("title", "description", "location", config="simple"),
                name="version_search_idx",
            ),
        ),
        migrations.AddIndex("historicalevent", GinIndex(fields=["tags"], name="version_tags_idx")),
        migrations.RunSQL(SPANS, DROP_SPANS),
    ]
