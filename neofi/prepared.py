"""A cursor for statements that come again and again, on libpq itself.

psycopg's own takes twice the processor time for a small statement: it waits for PostgreSQL in
Python, and counts before it prepares. Here libpq waits. Values go in and out through psycopg.
"""

from collections.abc import Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any

import orjson
from psycopg import Connection, OperationalError, RawCursor, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format, PGresult, TransactionStatus
from psycopg.rows import tuple_row
from psycopg.types.json import set_json_loads

MOST = 100  # plans in the memory of one connection
ANSWERED = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}


class PreparedCursor:
    """Native placeholders (`$1`), prepared at the first run, results in the binary format.

    Its loaders are psycopg's own, in C, but for JSON, which is orjson's: Django's make a datetime
    of a text in Python, call by call. To be wrapped by Django, as any cursor.
    """

    def __init__(self, connection: Connection):
        self.connection = connection
        self._pgconn = connection.pgconn
        context = RawCursor(connection)
        set_json_loads(orjson.loads, context)
        self._values = Transformer.from_context(context)
        self._make_row = tuple_row(context)
        self._prepared: dict[tuple, bytes] = {}
        self._numbers = count()
        self._query = None

    def execute(self, query: str, params: Sequence[Any] = ()) -> "PreparedCursor":
        """Raises psycopg's errors."""
        self._query = SimpleNamespace(query=query.encode())  # where Django's log looks for it
        values = self._values.dump_sequence(params, [PyFormat.AUTO] * len(params))
        with self.connection.lock:
            if not self.connection.autocommit:
                self._begin()
            self._result = self._run(values)
        return self

    def fetchall(self) -> list[tuple]:
        self._values.set_pgresult(self._result)
        return self._values.load_rows(0, self._result.ntuples, self._make_row)

    def close(self) -> None:
        """Nothing: the next statement goes by it too."""

    def _begin(self) -> None:
        if self._pgconn.transaction_status == TransactionStatus.IDLE:
            self._checked(self._pgconn.exec_(b"BEGIN"))

    def _run(self, values: Sequence) -> PGresult:
        types, formats = self._values.types, self._values.formats
        if self.connection.prepare_threshold is None:
            sent = (self._query.query, values, types, formats, Format.BINARY)
            return self._checked(self._pgconn.exec_params(*sent))
        name = self._name_of(types)
        return self._checked(self._pgconn.exec_prepared(name, values, formats, Format.BINARY))

    def _name_of(self, types: tuple[int, ...]) -> bytes:
        """What the statement is prepared as, of which the one longest unused may have to go."""
        key = (self._query.query, types)
        name = self._prepared.pop(key, None)
        if name is None:
            if len(self._prepared) >= MOST:
                unused = self._prepared.pop(next(iter(self._prepared)))
                self._checked(self._pgconn.exec_(b"DEALLOCATE " + unused))
            name = b"neofi_%d" % next(self._numbers)
            self._checked(self._pgconn.prepare(name, key[0], types))
        self._prepared[key] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in ANSWERED:
            return result
        if self._pgconn.status != ConnStatus.OK:
            # With what is left of the connection, by which neofi.outages knows that it was lost.
            raise OperationalError(self._pgconn.get_error_message(), pgconn=self._pgconn)
        raise errors.error_from_result(result, encoding="utf-8")
