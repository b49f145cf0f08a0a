"""An index of when events moved last, in place of one of when they were created.

Whatever `as_of` found by the one, it finds by the other, and fewer in vain: an event that has moved
since was not where it is, whenever it was created. So the grants need not say the latter.
"""

from django.db import migrations, models

LIVE = models.Q(event_deleted_at__isnull=True)

# As in 0010, but for that column.
COPY = """
CREATE OR REPLACE FUNCTION events_grant_copy_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open CONSTANT timestamptz := '9999-12-31 23:59:59.999999Z';
    few CONSTANT integer := 64;
    others integer;
BEGIN
    SELECT {created}moved_at, start_time, end_time, status, updated_at, deleted_at
        INTO {copied}NEW.event_moved_at, NEW.event_start_time, NEW.event_end_time,
            NEW.event_status, NEW.event_updated_at, NEW.event_deleted_at
        FROM events_event WHERE id = NEW.event_id;
    SELECT count(*) INTO others
        FROM (SELECT FROM events_grant WHERE event_id = NEW.event_id LIMIT few + 1) g;

    IF NEW.role = 'owner' THEN
        NEW.event_owner_id := NEW.user_id;
        IF others > 0 THEN
            UPDATE events_grant SET event_owner_id = NEW.user_id WHERE event_id = NEW.event_id;
        END IF;
    ELSE
        SELECT user_id INTO NEW.event_owner_id FROM events_grant
            WHERE event_id = NEW.event_id AND role = 'owner';
    END IF;

    IF others >= few THEN
        NEW.event_updated_at := open;
    END IF;
    IF others = few THEN
        UPDATE events_grant SET event_updated_at = open WHERE event_id = NEW.event_id;
    END IF;
    RETURN NEW;
END $$;
"""
COPY_LESS = COPY.format(created="", copied="")
COPY_MORE = COPY.format(created="created_at, ", copied="NEW.event_created_at, ")
FILL = """
UPDATE events_grant g SET event_created_at = e.created_at FROM events_event e
WHERE e.id = g.event_id;
"""

# These are asked for ranges at their end, of which a hundred steps say too little: what happened
# lately may be any share of the last one.
PRECISE = [
    ("events_grant", "event_moved_at"),
    ("events_grant", "event_updated_at"),
    ("events_stay", "left_at"),
]
STATISTICS = "".join(
    f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 1000;" for table, column in PRECISE
)
STATISTICS_BEFORE = STATISTICS.replace("1000", "-1")

# On average a person has a dozen grants, and an event little more than one, and one version. To a
# plan that is made for nobody in particular, sorting all of a person's would then seem as good as
# reading a page in order; and to look among all of an event's for one of them, as good as an index
# that has it. So the planner is told of more: a few rows too many expected cost nothing.
SEVERAL = """
ALTER TABLE events_grant ALTER COLUMN user_id SET (n_distinct = -0.002);
ALTER TABLE events_grant ALTER COLUMN event_id SET (n_distinct = -0.3);
ALTER TABLE events_historicalevent ALTER COLUMN id SET (n_distinct = -0.1);
"""
SEVERAL_BEFORE = """
ALTER TABLE events_grant ALTER COLUMN user_id RESET (n_distinct);
ALTER TABLE events_grant ALTER COLUMN event_id RESET (n_distinct);
ALTER TABLE events_historicalevent ALTER COLUMN id RESET (n_distinct);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0015_spans_without_places")]

    operations = [
        migrations.AlterField(
            "grant", "event_created_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.RunSQL(COPY_LESS, COPY_MORE + FILL),
        migrations.RemoveIndex("grant", "grant_created_idx"),
        migrations.RemoveField("grant", "event_created_at"),
        migrations.AddIndex(
            "grant",
            models.Index(
                fields=["user", "event_moved_at"], condition=LIVE, name="grant_moved_idx"
            ),
        ),
        migrations.RunSQL(STATISTICS, STATISTICS_BEFORE),
        migrations.RunSQL(SEVERAL, SEVERAL_BEFORE),
    ]
