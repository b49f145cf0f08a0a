"""A world into a database: by COPY, past the triggers, and with the indexes made at the end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from .rows import Writer, users
from .world import World

# In the order of the attributes of Rows.
TABLES = {
    "event": "events_event",
    "versions": "events_historicalevent",
    "spans": "events_span",
    "stays": "events_stay",
    "grants": "events_grant",
    "access": "events_historicalgrant",
}
COUNTED = {
    "events_historicalevent": "history_id",
    "events_historicalgrant": "history_id",
    "events_grant": "id",
}
CHUNK = 2000  # events in one COPY of each table
TOLD = 10 * CHUNK


def load(
    connection: psycopg.Connection, world: World, key: str, say: Callable[[str], None]
) -> None:
    """Into a migrated database that is empty. The role must be a superuser's."""
    with connection.transaction():
        # No triggers, and no foreign keys either: what they would do is in the rows.
        connection.execute("SET LOCAL session_replication_role = replica")
        with without_indexes(connection):
            copy(connection, "accounts_user", users(world))
            writer, numbers = Writer(world, key), list(world.numbers())
            for first in range(0, len(numbers), CHUNK):
                rows = [writer.rows(number) for number in numbers[first : first + CHUNK]]
                copy(connection, TABLES["event"], (row.event for row in rows))
                for name, table in list(TABLES.items())[1:]:
                    copy(connection, table, (one for row in rows for one in getattr(row, name)))
                if first % TOLD == 0:
                    say(f"{first:,} of {len(numbers):,} events")
            say("indexes")
    for table, column in COUNTED.items():
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column}))"
            f" FROM {table}"
        )


def copy(connection: psycopg.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    columns = ", ".join(first)
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copied:
        copied.write_row(list(first.values()))
        for row in rows:
            copied.write_row(list(row.values()))


@contextmanager
def without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """But those of constraints."""
    names = ", ".join(f"'{table}'" for table in TABLES.values())
    found = connection.execute(
        f"""SELECT indexname, indexdef FROM pg_indexes
            WHERE tablename IN ({names}) AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in found:
        connection.execute(definition)
