"""What constraints cannot say: every event has an owner, and grants copy their event's order."""

from django.db import migrations

# At commit, not at once: an event is inserted before its owner's grant, and a transfer lowers the
# old owner before it raises the new one. The name is that of the rule's other half (at most one),
# by which neofi.transactions finds the sentence for people.
OWNER = """
CREATE FUNCTION events_event_has_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
BEGIN
    IF TG_TABLE_NAME = 'events_event' THEN
        checked := NEW.id;
    ELSE
        checked := OLD.event_id;
    END IF;
    IF EXISTS (SELECT 1 FROM events_event WHERE id = checked) AND NOT EXISTS (
        SELECT 1 FROM events_grant WHERE event_id = checked AND role = 'owner'
    ) THEN
        RAISE EXCEPTION 'event % has no owner', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_one_owner_per_event';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER event_has_owner AFTER INSERT ON events_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION events_event_has_owner();

CREATE CONSTRAINT TRIGGER event_keeps_owner AFTER UPDATE OF role, event_id OR DELETE ON events_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner')
    EXECUTE FUNCTION events_event_has_owner();
"""

DROP_OWNER = """
DROP TRIGGER event_keeps_owner ON events_grant;
DROP TRIGGER event_has_owner ON events_event;
DROP FUNCTION events_event_has_owner();
"""

# A calendar page is cut in an index of events_grant, so the grant carries what it is ordered by.
COPIES = """
CREATE FUNCTION events_grant_copy_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT start_time, updated_at, deleted_at
        INTO NEW.event_start_time, NEW.event_updated_at, NEW.event_deleted_at
        FROM events_event WHERE id = NEW.event_id;
    RETURN NEW;
END $$;

CREATE TRIGGER grant_copies_event BEFORE INSERT ON events_grant
    FOR EACH ROW EXECUTE FUNCTION events_grant_copy_event();

CREATE FUNCTION events_event_copy_to_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE events_grant
        SET event_start_time = NEW.start_time,
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

DROP_COPIES = """
DROP TRIGGER event_copies_to_grants ON events_event;
DROP FUNCTION events_event_copy_to_grants();
DROP TRIGGER grant_copies_event ON events_grant;
DROP FUNCTION events_grant_copy_event();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RunSQL(OWNER, DROP_OWNER),
        migrations.RunSQL(COPIES, DROP_COPIES),
    ]
