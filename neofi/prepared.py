"""A cursor for statements that come again and again, on libpq itself.

psycopg's own takes twice the processor time for a small statement: it waits for PostgreSQL in
Python, and counts before it prepares. Here libpq waits. Values go in and out through psycopg.

What begins a transaction goes out together with its first statement, and other statements too,
where that is asked for: to send and to wait costs as much as a small statement itself.
"""

import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any, NamedTuple

import orjson
from psycopg import Connection, OperationalError, RawCursor, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format, PGresult, TransactionStatus
from psycopg.rows import tuple_row
from psycopg.types.json import set_json_loads

MOST = 100  # plans in the memory of one connection
# By itself PostgreSQL plans some of them at each run, where it hopes for a better plan: two thirds
# of what a page costs it. Not asked for with the connection, for poolers refuse what they do not
# know; in a transaction that is rolled back it is lost, and then costs just that.
PLANS = b"SET plan_cache_mode = force_generic_plan"
ANSWERED = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}


class Call(NamedTuple):
    """A statement with values as they are sent."""

    query: bytes
    values: Sequence
    types: tuple[int, ...]
    formats: Sequence[Format]


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
        self._gathered: list[Call] | None = None

    def execute(self, query: str, params: Sequence[Any] = ()) -> "PreparedCursor":
        """Raises psycopg's errors."""
        self._query = SimpleNamespace(query=query.encode())  # where Django's log looks for it
        values = self._values.dump_sequence(params, [PyFormat.AUTO] * len(params))
        call = Call(self._query.query, values, self._values.types, self._values.formats)
        if self._gathered is None:
            [self._result] = self._run([call])
        else:
            self._gathered.append(call)
        return self

    def fetchall(self) -> list[tuple]:
        return self._rows_of(self._result)

    def close(self) -> None:
        """Nothing: the next statement goes by it too."""

    @contextmanager
    def at_once(self, commit: bool = False) -> Iterator[list[list[tuple]]]:
        """What is executed in the block goes out at its end, in one round trip; so does a COMMIT.

        Gives the list that will have the rows of each statement then.
        """
        found = []
        self._gathered = calls = []
        try:
            yield found
        finally:
            self._gathered = None
        found += map(self._rows_of, self._run(calls, commit))

    def _rows_of(self, result: PGresult) -> list[tuple]:
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, self._make_row)

    def _run(self, calls: Sequence[Call], commit: bool = False) -> list[PGresult]:
        with self.connection.lock:
            idle = self._pgconn.transaction_status == TransactionStatus.IDLE
            begin = idle and not self.connection.autocommit
            if len(calls) == 1 and begin == commit:  # one statement is a transaction by itself
                return [self._run_alone(*calls)]
            return self._run_in_line(calls, begin, commit)

    def _run_alone(self, call: Call) -> PGresult:
        name = self._name_of(call)
        if name is None:
            return self._checked(self._pgconn.exec_params(*call, Format.BINARY))
        sent = (name, call.values, call.formats, Format.BINARY)
        return self._checked(self._pgconn.exec_prepared(*sent))

    def _run_in_line(self, calls: Sequence[Call], begin: bool, commit: bool) -> list[PGresult]:
        """By libpq's pipeline: all is sent, then all is read. What comes after an error is skipped,
        a COMMIT too."""
        names = [self._name_of(call) for call in calls]
        try:
            self._pgconn.enter_pipeline_mode()
            if begin:
                self._pgconn.send_query_params(b"BEGIN", None)
            for call, name in zip(calls, names, strict=True):
                self._send(call, name)
            if commit:
                self._pgconn.send_query_params(b"COMMIT", None)
            self._pgconn.pipeline_sync()
            results = self._answers()
            self._pgconn.exit_pipeline_mode()
        except BaseException as error:
            if isinstance(error, OperationalError) and self._is_lost():
                raise self._loss() from error
            self._pgconn.finish()  # or what was not read would answer the next statement
            raise
        for result in results:
            self._checked(result)
        return results[begin : begin + len(calls)]

    def _send(self, call: Call, name: bytes | None) -> None:
        if name is None:
            self._pgconn.send_query_params(*call, Format.BINARY)
        else:
            self._pgconn.send_query_prepared(name, call.values, call.formats, Format.BINARY)

    def _answers(self) -> list[PGresult]:
        """One for each statement in the pipeline. Waits out here: there libpq would do so with
        Python's lock in its hands."""
        while self._pgconn.flush():
            self._await(select.POLLIN | select.POLLOUT)
        answers = []
        while True:
            while self._pgconn.is_busy():
                self._await(select.POLLIN)
            result = self._pgconn.get_result()
            if result is None:  # stands behind each answer
                if self._is_lost():
                    raise self._loss()
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return answers
            else:
                answers.append(result)

    def _await(self, events: int) -> None:
        socket = select.poll()
        socket.register(self._pgconn.socket, events)
        [(_, ready)] = socket.poll()
        if ready & ~select.POLLOUT:
            self._pgconn.consume_input()

    def _name_of(self, call: Call) -> bytes | None:
        """What the statement is prepared as, of which the one longest unused may have to go; None
        if nothing may be prepared."""
        if self.connection.prepare_threshold is None:
            return None
        key = call.query, call.types
        name = self._prepared.pop(key, None)
        if name is None:
            if len(self._prepared) >= MOST:
                unused = self._prepared.pop(next(iter(self._prepared)))
                self._checked(self._pgconn.exec_(b"DEALLOCATE " + unused))
            number = next(self._numbers)
            if number == 0:
                self._checked(self._pgconn.exec_(PLANS))
            name = b"neofi_%d" % number
            self._checked(self._pgconn.prepare(name, *key))
        self._prepared[key] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in ANSWERED:
            return result
        if self._is_lost():
            raise self._loss()
        error = errors.error_from_result(result, encoding="utf-8")
        if isinstance(error, errors.InvalidSqlStatementName):
            self._prepared.clear()  # somebody else let all go: a pooler, by DISCARD ALL
        raise error

    def _is_lost(self) -> bool:
        return self._pgconn.status != ConnStatus.OK

    def _loss(self) -> OperationalError:
        """With what is left of the connection, by which neofi.outages knows that it was lost."""
        return OperationalError(self._pgconn.get_error_message(), pgconn=self._pgconn)
