"""What spans and stays must be, by history alone: to prove them by, and to make them anew."""

from dataclasses import dataclass

from events.querysets import OPEN


@dataclass(frozen=True)
class Derived:
    """A table that a trigger writes with each version. `times` are its columns beside the keys.

    `versions` are statements before a SELECT: the last is of that name, and has for every version
    of some events its number, whether a row is `due`, and what is in it then. `stands` says of a
    row `d` that it is of one for which it is due: without more of history than that.
    """

    name: str
    table: str
    times: tuple[str, ...]
    versions: str
    stands: str

    @property
    def wrong(self) -> str:
        """Every version whose row is not what it must be, and every row of none: by event."""
        return self._wrong("true", "true")

    @property
    def wrong_of_event(self) -> str:
        return self._wrong("id = %(event)s", "event_id = %(event)s")

    @property
    def write_due(self) -> str:
        """Of some events, the rows that are missing or wrong. It leaves the right ones alone."""
        new = ", ".join(f"excluded.{name}" for name in ("event_id", *self.times))
        old = ", ".join(f"{self.table}.{name}" for name in ("event_id", *self.times))
        columns = ", ".join(("event_id", *self.times))
        return f"""
            WITH {self.versions.format(which="id = ANY(%(events)s)")}
            INSERT INTO {self.table} (row_id, {columns})
            SELECT row_id, {columns} FROM versions WHERE due
            ON CONFLICT (row_id) DO UPDATE SET ({columns}) = ROW({new})
                WHERE ROW({old}) IS DISTINCT FROM ROW({new})
        """

    @property
    def delete_undue(self) -> str:
        """What a version says of this is never written again: so no lock is needed."""
        return f"DELETE FROM {self.table} d WHERE NOT EXISTS ({self.stands})"

    def _wrong(self, which: str, which_rows: str) -> str:
        wrong_times = ", ".join(
            f"CASE WHEN v.{name} IS DISTINCT FROM d.{name} THEN '{name}' END" for name in self.times
        )
        return f"""
            WITH {self.versions.format(which=which)},
            rows AS (SELECT * FROM {self.table} WHERE {which_rows}),
            joined AS (
                SELECT coalesce(v.event_id, d.event_id) AS event_id, version, d.row_id AS found,
                    coalesce(due, false) AS due, array_remove(ARRAY[{wrong_times}], NULL) AS wrong
                FROM versions v FULL JOIN rows d ON d.row_id = v.row_id AND d.event_id = v.event_id
            )
            SELECT * FROM joined
            WHERE CASE WHEN due THEN wrong <> '{{}}' ELSE found IS NOT NULL END
            ORDER BY event_id, version, found
        """


SPANS = Derived(
    "span",
    "events_span",
    ("start_time", "end_time", "since", "until"),
    versions="""versions AS (
        SELECT history_id AS row_id, id AS event_id, version, deleted_at IS NULL AS due,
            start_time, end_time, history_date AS since,
            coalesce(lead(history_date) OVER (PARTITION BY id ORDER BY version), %(open)s) AS until
        FROM events_historicalevent WHERE {which}
    )""",
    stands="""
        SELECT FROM events_historicalevent v
        WHERE v.history_id = d.row_id AND v.id = d.event_id AND v.deleted_at IS NULL
    """,
)

# A stay is of the version that ends it; it began with the last one before that came to its start.
STAYS = Derived(
    "stay",
    "events_stay",
    ("start_time", "since", "left_at"),
    versions="""steps AS (
        SELECT history_id, id, version, start_time, history_date,
            lag(start_time) OVER (PARTITION BY id ORDER BY version) AS start_before
        FROM events_historicalevent WHERE {which}
    ),
    versions AS (
        SELECT history_id AS row_id, id AS event_id, version,
            (start_before <> start_time) IS TRUE AS due, start_before AS start_time,
            max(history_date) FILTER (WHERE start_before IS DISTINCT FROM start_time) OVER (
                PARTITION BY id ORDER BY version
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS since,
            history_date AS left_at
        FROM steps
    )""",
    stands="""
        SELECT FROM events_historicalevent v JOIN events_historicalevent before
            ON before.id = v.id AND before.version = v.version - 1
        WHERE v.history_id = d.row_id AND v.id = d.event_id AND v.start_time <> before.start_time
    """,
)

DERIVED = (SPANS, STAYS)
PARAMETERS = {"open": OPEN}
