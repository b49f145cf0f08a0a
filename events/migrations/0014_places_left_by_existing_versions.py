"""Give the moves from before their stays."""

from django.db import migrations

# The lock keeps new versions out meanwhile: they would not see the stays before theirs.
FILL = """
LOCK TABLE events_historicalevent IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM events_stay;

INSERT INTO events_stay (row_id, event_id, start_time, since, left_at)
WITH steps AS (
    SELECT history_id, id, version, start_time, history_date,
        lag(start_time) OVER (PARTITION BY id ORDER BY version) AS start_before
    FROM events_historicalevent
), arrivals AS (
    SELECT *, lag(history_date) OVER (PARTITION BY id ORDER BY version) AS arrived_before
    FROM steps WHERE start_before IS DISTINCT FROM start_time
)
SELECT history_id, id, start_before, arrived_before, history_date
FROM arrivals WHERE start_before IS NOT NULL;
"""

REFILL = """
UPDATE events_span s SET left_at = coalesce(
    (SELECT min(t.left_at) FROM events_stay t WHERE t.event_id = s.event_id AND t.left_at > s.since),
    timestamptz '9999-12-31 23:59:59.999999Z'
);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0013_places_that_were_left")]

    operations = [migrations.RunSQL(FILL, REFILL)]
