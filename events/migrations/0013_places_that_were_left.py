"""A table of the starts that events have left, in place of a column of every span.

That column was written again in all spans of a stay when the event moved: in as many rows as it had
had versions there.
"""

import django.db.models.deletion
from django.db import migrations, models

# As in 0008, but for what happens to a move: a stay is written for the start that is left. Its
# version is the one that leaves. Out of the trash there is no open span to tell what was before.
SPANS = """
CREATE OR REPLACE FUNCTION events_span_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    still_open CONSTANT timestamptz := '9999-12-31 23:59:59.999999Z';
    start_before timestamptz;
BEGIN
    IF NEW.version > 1 THEN
        UPDATE events_span SET until = NEW.history_date
            WHERE event_id = NEW.id AND until = still_open
            RETURNING start_time INTO start_before;
        IF start_before IS NULL THEN
            SELECT start_time INTO start_before FROM events_historicalevent
                WHERE id = NEW.id AND version = NEW.version - 1;
        END IF;
        IF start_before <> NEW.start_time THEN
            INSERT INTO events_stay (row_id, event_id, start_time, since, left_at)
                SELECT NEW.history_id, NEW.id, start_before,
                    coalesce(max(left_at), NEW.created_at), NEW.history_date
                FROM events_stay WHERE event_id = NEW.id;
        END IF;
    END IF;
    IF NEW.deleted_at IS NULL THEN
        INSERT INTO events_span (row_id, event_id, start_time, end_time, since, until)
            VALUES (NEW.history_id, NEW.id, NEW.start_time, NEW.end_time,
                NEW.history_date, still_open);
    END IF;
    RETURN NULL;
END $$;

ALTER TABLE events_stay ADD CONSTRAINT stay_until_version
    FOREIGN KEY (row_id) REFERENCES events_historicalevent ON DELETE CASCADE;
"""

SPANS_BEFORE = """
CREATE OR REPLACE FUNCTION events_span_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
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

ALTER TABLE events_stay DROP CONSTRAINT stay_until_version;
"""


def link(field, to, **kwargs):
    return field(
        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to=to, **kwargs
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0012_calendars_by_filter")]

    operations = [
        migrations.CreateModel(
            "Stay",
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
                    link(models.ForeignKey, "events.event", db_index=False, related_name="stays"),
                ),
                ("start_time", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("left_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["event", "left_at", "since"], name="stay_event_idx"),
                    models.Index(
                        fields=["start_time", "event", "left_at", "since"],
                        name="stay_calendar_idx",
                    ),
                    models.Index(fields=["left_at"], name="stay_left_idx"),
                ]
            },
        ),
        migrations.AlterField("span", "left_at", models.DateTimeField(null=True)),
        migrations.RunSQL(SPANS, SPANS_BEFORE),
    ]
