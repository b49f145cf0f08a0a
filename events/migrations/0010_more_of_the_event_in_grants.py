"""Room in the grants for the event's end, status and owner, and for a calmer `updated_at`."""

from django.conf import settings
from django.db import migrations, models

# As in 0003, with three more columns. Of an event with more than 64 grants, `event_updated_at` is
# the end of time in each of them: so they need not be written whenever the event is. All grants of
# an event are of one kind, and the owner's says which.
COPIES = """
CREATE OR REPLACE FUNCTION events_grant_copy_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open CONSTANT timestamptz := '9999-12-31 23:59:59.999999Z';
    few CONSTANT integer := 64;
    others integer;
BEGIN
    SELECT created_at, moved_at, start_time, end_time, status, updated_at, deleted_at
        INTO NEW.event_created_at, NEW.event_moved_at, NEW.event_start_time, NEW.event_end_time,
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

CREATE FUNCTION events_grant_copy_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE events_grant SET event_owner_id = NEW.user_id WHERE event_id = NEW.event_id;
    RETURN NULL;
END $$;

CREATE TRIGGER grant_copies_owner AFTER UPDATE OF role, user_id ON events_grant
    FOR EACH ROW WHEN (NEW.role = 'owner' AND NEW.event_owner_id IS DISTINCT FROM NEW.user_id)
    EXECUTE FUNCTION events_grant_copy_owner();

CREATE FUNCTION events_grant_leave_few() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    few CONSTANT integer := 64;
BEGIN
    IF few >= (
        SELECT count(*)
            FROM (SELECT FROM events_grant WHERE event_id = OLD.event_id LIMIT few + 1) g
    ) THEN
        UPDATE events_grant g SET event_updated_at = e.updated_at FROM events_event e
            WHERE g.event_id = OLD.event_id AND e.id = OLD.event_id
                AND g.event_updated_at IS DISTINCT FROM e.updated_at;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER grant_leaves_few AFTER DELETE ON events_grant
    FOR EACH ROW WHEN (OLD.event_updated_at = '9999-12-31 23:59:59.999999Z')
    EXECUTE FUNCTION events_grant_leave_few();

CREATE OR REPLACE FUNCTION events_event_copy_to_grants() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open CONSTANT timestamptz := '9999-12-31 23:59:59.999999Z';
BEGIN
    IF (OLD.moved_at, OLD.start_time, OLD.end_time, OLD.status, OLD.deleted_at)
        IS DISTINCT FROM (NEW.moved_at, NEW.start_time, NEW.end_time, NEW.status, NEW.deleted_at)
    THEN
        UPDATE events_grant
            SET event_moved_at = NEW.moved_at,
                event_start_time = NEW.start_time,
                event_end_time = NEW.end_time,
                event_status = NEW.status,
                event_updated_at =
                    CASE event_updated_at WHEN open THEN open ELSE NEW.updated_at END,
                event_deleted_at = NEW.deleted_at
            WHERE event_id = NEW.id;
    ELSIF NOT EXISTS (
        SELECT FROM events_grant
            WHERE event_id = NEW.id AND role = 'owner' AND event_updated_at = open
    ) THEN
        UPDATE events_grant SET event_updated_at = NEW.updated_at WHERE event_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER event_copies_to_grants ON events_event;
CREATE TRIGGER event_copies_to_grants AFTER UPDATE ON events_event
    FOR EACH ROW WHEN (
        (OLD.moved_at, OLD.start_time, OLD.end_time, OLD.status, OLD.updated_at, OLD.deleted_at)
        IS DISTINCT FROM
        (NEW.moved_at, NEW.start_time, NEW.end_time, NEW.status, NEW.updated_at, NEW.deleted_at)
    )
    EXECUTE FUNCTION events_event_copy_to_grants();
"""

COPIES_BEFORE = """
DROP TRIGGER event_copies_to_grants ON events_event;
DROP TRIGGER grant_leaves_few ON events_grant;
DROP FUNCTION events_grant_leave_few();
DROP TRIGGER grant_copies_owner ON events_grant;
DROP FUNCTION events_grant_copy_owner();

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

CREATE TRIGGER event_copies_to_grants
    AFTER UPDATE OF start_time, updated_at, deleted_at ON events_event
    FOR EACH ROW WHEN (
        (OLD.start_time, OLD.updated_at, OLD.deleted_at)
        IS DISTINCT FROM (NEW.start_time, NEW.updated_at, NEW.deleted_at)
    )
    EXECUTE FUNCTION events_event_copy_to_grants();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0009_spans_of_existing_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "grant", "event_end_time", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "grant", "event_status", models.CharField(editable=False, max_length=9, null=True)
        ),
        migrations.AddField(
            "grant",
            "event_owner",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                models.DO_NOTHING,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                related_name="+",
            ),
        ),
        migrations.RunSQL(COPIES, COPIES_BEFORE),
    ]
