"""What PostgreSQL itself says, in plain SQL: nothing of the product's own code is asked."""

import time
from collections.abc import Iterator

import psycopg
from psycopg.rows import dict_row

from .judging import Fault, Kind, Row

VERSIONS = """
    SELECT history_change_reason AS marker, id::text AS event, change_set::text,
           history_date AS at, version, title, metadata
    FROM events_historicalevent WHERE starts_with(history_change_reason, %s)
"""
ACCESS = """
    SELECT history_change_reason AS marker, event_id::text AS event, change_set::text,
           history_date AS at
    FROM events_historicalgrant WHERE starts_with(history_change_reason, %s)
"""
# Each gives the events with which it is not so. Contents are compared in their plain columns.
CONTENT = (
    "title, description, location, start_time, end_time, timezone, all_day, status, "
    "transparency, tags, metadata, recurrence, exceptions"
)
LAWS = {
    "versions go from 1 up without a gap": """
        SELECT id FROM events_historicalevent
        GROUP BY id HAVING min(version) <> 1 OR max(version) <> count(*)
    """,
    "the times of versions grow": """
        SELECT id FROM (
            SELECT id, history_date - lag(history_date) OVER (PARTITION BY id ORDER BY version) d
            FROM events_historicalevent
        ) steps WHERE d <= interval '0'
    """,
    "every event is what its newest version is": f"""
        SELECT event.id FROM events_event event
        LEFT JOIN events_historicalevent newest USING (id, version)
        WHERE newest.id IS NULL
           OR event.version <> (SELECT max(version) FROM events_historicalevent WHERE id = event.id)
           OR (event.deleted_at IS NULL) <> (newest.deleted_at IS NULL)
           OR ROW({", ".join(f"event.{name}" for name in CONTENT.split(", "))})
              IS DISTINCT FROM
              ROW({", ".join(f"newest.{name}" for name in CONTENT.split(", "))})
    """,
    "no version is of an event that is not there": """
        SELECT id FROM events_historicalevent EXCEPT SELECT id FROM events_event
    """,
    "every event has one owner": """
        SELECT event.id FROM events_event event
        LEFT JOIN events_grant owner ON owner.event_id = event.id AND owner.role = 'owner'
        GROUP BY event.id HAVING count(owner.id) <> 1
    """,
    "access is what its newest row of history says": """
        SELECT coalesce(present.event_id, newest.event_id) FROM events_grant present
        FULL JOIN (
            SELECT * FROM (
                SELECT DISTINCT ON (event_id, user_id) event_id, user_id, role, history_type
                FROM events_historicalgrant
                ORDER BY event_id, user_id, history_date DESC, history_id DESC
            ) last WHERE history_type <> '-'
        ) newest USING (event_id, user_id)
        WHERE present.role IS DISTINCT FROM newest.role
    """,
    "every remembered answer tells of an event that is there": """
        SELECT (body::jsonb ->> 'id')::uuid FROM events_rememberedanswer
        WHERE status = 201 AND body::jsonb ? 'id'
        EXCEPT SELECT id FROM events_event
    """,
}
STILL_AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend' AND state <> 'idle'
"""


def settle(connection: psycopg.Connection, patience: float = 30) -> None:
    """Wait for transactions whose client is gone: one of them may be about to commit."""
    deadline = time.monotonic() + patience
    while connection.execute(STILL_AT_WORK).fetchone()[0]:
        if time.monotonic() > deadline:
            raise TimeoutError("Transactions go on although nobody sends anything any more.")
        time.sleep(0.1)


def read_rows(connection: psycopg.Connection, prefix: str) -> list[Row]:
    """The rows of history that are marked as a scenario's, of content and of access."""
    with connection.cursor(row_factory=dict_row) as cursor:
        versions = cursor.execute(VERSIONS, [prefix]).fetchall()
        access = cursor.execute(ACCESS, [prefix]).fetchall()
    return [Row(**row) for row in [*versions, *access]]


def broken_laws(connection: psycopg.Connection) -> Iterator[Fault]:
    for law, query in LAWS.items():
        bad = [str(event) for (event,) in connection.execute(query)]
        if bad:
            named = ", ".join(bad[:5])
            yield Fault(Kind.BROKEN, f"not so that {law}: {len(bad)} events ({named})")


def deadlocks(connection: psycopg.Connection) -> int:
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return connection.execute(query).fetchone()[0]
