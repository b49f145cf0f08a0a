"""Querysets compiled once, and run as prepared statements.

To build a queryset and compile it takes the ORM 0.5 to 1.5 ms, ten times what PostgreSQL takes to
answer it. So a queryset that is asked for often is built once, with `Parameter`s where values go,
and becomes a `Statement`. The querysets stay the only home of what is read, and by whom.
"""

from collections import namedtuple
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models.expressions import Expression
from psycopg import sql

from neofi.prepared import PreparedCursor


class Parameter(Expression):
    """Stands in a queryset for a value that each run of the statement gives, by this name."""

    def __init__(self, name: str, output_field: models.Field):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Runnable:
    """SQL whose parameters have names, and what makes of its rows what they mean."""

    sql: str
    parameters: list[str]

    def rows(self, **values: Any) -> Any:
        """All that it finds."""
        return self.read(fetch(self.sql, [values[name] for name in self.parameters]))


class Statement(Runnable):
    """What a queryset of `values_list()` asks for. Its rows are named tuples.

    What is no Parameter stands in the SQL itself, so that PostgreSQL plans with it: a partial index
    is of no use to a prepared statement that does not know its condition.
    """

    def __init__(self, queryset: models.QuerySet):
        self.template, self.values = queryset.query.sql_with_params()
        self.sql, self.parameters = written(self.template, self.values)
        self.width = len(queryset._fields)
        self._row = namedtuple("Row", queryset._fields)._make

    def row(self, **values: Any) -> Any:
        """The first row, or None."""
        found = self.rows(**values)
        return found[0] if found else None

    def read(self, found: list[tuple]) -> list:
        return list(map(self._row, found))


class Joined(Runnable):
    """Two statements in one round trip: where the first finds a row, so does the second look.

    `rows` gives the first one's only row, or None, and what the second finds, as its own `rows`
    says. The first column of each is one that is never null.
    """

    def __init__(self, first: Statement, second: "Statement | Joined"):
        self._first, self._second = first, second
        joined = "SELECT * FROM ({}) one LEFT JOIN LATERAL ({}) more ON TRUE"
        self.template = joined.format(first.template, second.template)
        self.values = (*first.values, *second.values)
        self.sql, self.parameters = written(self.template, self.values)

    def read(self, found: list[tuple]) -> tuple[Any, Any]:
        width = self._first.width
        more = self._second.read([row[width:] for row in found if row[width] is not None])
        return (self._first.read([found[0][:width]])[0] if found else None), more


class Bound(NamedTuple):
    """A statement with values, of which some may still be missing."""

    statement: Statement | Joined
    values: dict[str, Any]

    def rows(self, **values: Any) -> Any:
        return self.statement.rows(**self.values, **values)

    def and_along(self, other: "Bound") -> "Bound":
        """Both in one round trip."""
        return Bound(_joined(self.statement, other.statement), self.values | other.values)


@cache
def _joined(first: Statement, second: Statement | Joined) -> Joined:
    return Joined(first, second)


def written(template: str, values: Sequence[Any]) -> tuple[str, list[str]]:
    """SQL of Django's kind with native placeholders, and the names that these stand for in order.

    `values` are Parameters, and whatever else is written as a literal.
    """
    names = list(dict.fromkeys(one.name for one in values if isinstance(one, Parameter)))

    def literal(value: Any) -> str:
        if isinstance(value, Parameter):
            return f"${names.index(value.name) + 1}"
        return sql.Literal(value).as_string(None)

    return template % tuple(map(literal, values)), names


def fetch(query: str, params: Sequence[Any]) -> list[tuple]:
    """Run a query with native placeholders, on the connection of the ORM. It must only read.

    The first statement of a request is the connection's health check: one that finds it broken runs
    again on a new one, so that none has to be asked before.
    """
    database = connections[DEFAULT_DB_ALIAS]
    unproven = not (database.in_atomic_block or database.health_check_done)
    database.health_check_done = True
    try:
        return execute(query, params).fetchall()
    except DatabaseError:
        if not (unproven and database.connection and database.connection.closed):
            raise
        database.close()
        return execute(query, params).fetchall()


def execute(query: str, params: Sequence[Any] = ()):
    """Run any SQL with native placeholders; gives a cursor that the next call will use again."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    # Through Django's wrapper, which maps errors, counts queries and knows of broken transactions.
    cursor = database._prepare_cursor(_cursor_of(database.connection))
    cursor.execute(query, params)
    return cursor


def execute_and_commit(query: str, params: Sequence[Any] = ()) -> None:
    """Run any SQL with native placeholders, and commit, in one round trip."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors, _cursor_of(database.connection).at_once(commit=True):
        execute(query, params)


def fetch_in_turn(*asked: Bound) -> list[Any]:
    """The rows of each, in one round trip. They run one after the other: what comes after a wait
    for a lock sees what was committed meanwhile."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, _cursor_of(database.connection).at_once() as found:
        for statement, values in asked:
            execute(statement.sql, [values[name] for name in statement.parameters])
    # A statement that was put off (neofi.transactions) has gone before them.
    found = found[len(found) - len(asked) :]
    return [one.statement.read(rows) for one, rows in zip(asked, found, strict=True)]


def _cursor_of(connection) -> PreparedCursor:
    """One for each connection, for it knows what is prepared there."""
    cursor = getattr(connection, "prepared_cursor", None)
    if cursor is None:
        cursor = connection.prepared_cursor = PreparedCursor(connection)
    return cursor
