"""Give the versions from before their spans."""

from django.db import migrations

# The lock keeps new versions out meanwhile: they would not see the spans that they end. A stay is
# the run of versions with one start; `left_at` is when the next stay begins.
FILL = """
LOCK TABLE events_historicalevent IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM events_span;

INSERT INTO events_span (row_id, event_id, start_time, end_time, since, until, left_at)
WITH steps AS (
    SELECT history_id, id, version, start_time, end_time, history_date, deleted_at,
        lead(history_date) OVER later AS until,
        (start_time IS DISTINCT FROM lag(start_time) OVER later)::int AS arrives
    FROM events_historicalevent
    WINDOW later AS (PARTITION BY id ORDER BY version)
), stays AS (
    SELECT *, sum(arrives) OVER (PARTITION BY id ORDER BY version) AS stay FROM steps
), leavings AS (
    SELECT id, stay - 1 AS stay, history_date AS left_at FROM stays WHERE arrives = 1
)
SELECT history_id, id, start_time, end_time, history_date,
    coalesce(until, timestamptz '9999-12-31 23:59:59.999999Z'),
    coalesce(left_at, timestamptz '9999-12-31 23:59:59.999999Z')
FROM stays LEFT JOIN leavings USING (id, stay)
WHERE deleted_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0008_when_versions_stood")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
