"""What the spans must be, by history alone: to prove them by, and to make them anew."""

from events.querysets import OPEN

# Each version, with the times of its span. A stay ends where the next version with another start
# begins. Everything is asked from the newest version back, so that one sort does, and each frame
# only grows.
_VERSIONS = """
    steps AS (
        SELECT history_id, id, version, deleted_at, start_time, end_time, history_date,
            lag(history_date) OVER newest_first AS next_at,
            CASE WHEN start_time <> lead(start_time) OVER newest_first THEN history_date END
                AS moved_at
        FROM events_historicalevent WHERE {which}
        WINDOW newest_first AS (PARTITION BY id ORDER BY version DESC)
    ),
    versions AS (
        SELECT history_id AS row_id, id AS event_id, version, deleted_at, start_time, end_time,
            history_date AS since,
            coalesce(next_at, %(open)s) AS until,
            coalesce(min(moved_at) OVER (
                PARTITION BY id ORDER BY version DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), %(open)s) AS left_at
        FROM steps
    )
"""

# Beside its version and its event, all that a span says.
TIMES = ("start_time", "end_time", "since", "until", "left_at")

_WRONG_TIMES = ", ".join(
    f"CASE WHEN v.{name} IS DISTINCT FROM s.{name} THEN '{name}' END" for name in TIMES
)

# Every version whose span is not what it must be, and every span of no version: event by event.
_WRONG = """
    WITH {versions}, spans AS (SELECT * FROM events_span WHERE {which_spans}),
    joined AS (
        SELECT coalesce(v.event_id, s.event_id) AS event_id, version, s.row_id AS span,
            version IS NOT NULL AND deleted_at IS NULL AS due,
            array_remove(ARRAY[{wrong_times}], NULL) AS wrong
        FROM versions v FULL JOIN spans s ON s.row_id = v.row_id AND s.event_id = v.event_id
    )
    SELECT * FROM joined
    WHERE CASE WHEN due THEN wrong <> '{{}}' ELSE span IS NOT NULL END
    ORDER BY event_id, version, span
"""

_COLUMNS = ", ".join(("row_id", "event_id", *TIMES))
_NEW = ", ".join(f"excluded.{name}" for name in ("event_id", *TIMES))
_OLD = ", ".join(f"events_span.{name}" for name in ("event_id", *TIMES))

# Of these events, the spans that are missing or wrong. It leaves the right ones as they are.
WRITE_DUE = f"""
    WITH {_VERSIONS.format(which="id = ANY(%(events)s)")}
    INSERT INTO events_span ({_COLUMNS})
    SELECT {_COLUMNS} FROM versions WHERE deleted_at IS NULL
    ON CONFLICT (row_id) DO UPDATE
        SET ({_COLUMNS.removeprefix("row_id, ")}) = ROW({_NEW})
        WHERE ROW({_OLD}) IS DISTINCT FROM ROW({_NEW})
"""

# What a version says of its event and its trash is never written again: so no lock is needed.
DELETE_UNDUE = """
    DELETE FROM events_span s WHERE NOT EXISTS (
        SELECT FROM events_historicalevent v
        WHERE v.history_id = s.row_id AND v.id = s.event_id AND v.deleted_at IS NULL
    )
"""

PARAMETERS = {"open": OPEN}


def _wrong(which: str, which_spans: str) -> str:
    versions = _VERSIONS.format(which=which)
    return _WRONG.format(versions=versions, which_spans=which_spans, wrong_times=_WRONG_TIMES)


WRONG = _wrong("true", "true")
WRONG_OF_EVENT = _wrong("id = %(event)s", "event_id = %(event)s")
