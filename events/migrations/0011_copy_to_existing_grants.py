"""Give the grants from before what 0010 has made room for."""

from django.db import migrations

# The lock keeps writes out meanwhile: what they have copied would be overwritten by what was there
# before them.
FILL = """
LOCK TABLE events_event, events_grant IN SHARE ROW EXCLUSIVE MODE;

WITH sizes AS (SELECT event_id, count(*) > 64 AS many FROM events_grant GROUP BY event_id)
UPDATE events_grant g
SET event_end_time = e.end_time,
    event_status = e.status,
    event_owner_id = o.user_id,
    event_updated_at =
        CASE WHEN s.many THEN timestamptz '9999-12-31 23:59:59.999999Z' ELSE e.updated_at END
FROM events_event e
    JOIN sizes s ON s.event_id = e.id
    JOIN events_grant o ON o.event_id = e.id AND o.role = 'owner'
WHERE g.event_id = e.id;
"""

# Before 0010, every grant had its event's.
EMPTY = """
UPDATE events_grant g SET event_updated_at = e.updated_at FROM events_event e
WHERE g.event_id = e.id AND g.event_updated_at IS DISTINCT FROM e.updated_at;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0010_more_of_the_event_in_grants")]

    operations = [migrations.RunSQL(FILL, EMPTY)]
