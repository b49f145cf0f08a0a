"""The one place where a write becomes a transaction, and a long read one."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import BaseConstraint, UniqueConstraint
from psycopg.errors import ForeignKeyViolation

from neofi import outages, statements
from neofi.problems import Conflict, invalid

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
FIRST_PAUSE = 0.01  # seconds; each one after it may take twice as long
PATIENCE = 4  # seconds after which no further try begins: PostgreSQL takes one to see a deadlock


def service(function: Callable[P, R]) -> Callable[P, R]:
    """A write: all of it or nothing, and a constraint's refusal becomes the constraint's sentence.

    The outermost one is run again, whole, when its transaction lost against another one (a
    deadlock, a serialization failure), and refused as `busy` when that does not help. So a service
    may run more than once: what it does outside of the database belongs in `transaction.on_commit`,
    and what it is given it leaves as it is.

    Raises ValidationError (400) or Conflict (409) for what the database refuses by a constraint of
    ours. Any other error of the database is a fault of ours, and stays one.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        def part() -> R:
            with transaction.atomic():
                return function(*args, **kwargs)

        def whole() -> R:
            with transaction.atomic(), _Ending() as ending:
                result = function(*args, **kwargs)
                ending.commit()
                return result

        ending = _ending.get()
        if ending:
            ending.flush()  # or what is refused of it would pass for a refusal of this one
        try:
            # Inside of another transaction there is nothing to begin again: all of it is lost.
            return part() if connection.in_atomic_block else _persist(whole)
        except IntegrityError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error

    return run


def execute_at_end(query: str, params: Sequence[Any] = ()) -> None:
    """Run SQL with native placeholders before any other statement, or at the end of the service.

    There it goes together with the COMMIT, a round trip less; alone in its transaction it goes
    without BEGIN and COMMIT. What the database refuses may so be raised later than here.
    """
    ending = _ending.get()
    # What is in a savepoint has to be refused there.
    if ending is None or connection.savepoint_ids:
        statements.execute(query, params)
    else:
        ending.put_off(query, params)


class _Ending:
    """The end of an outermost service: its COMMIT, and the statement that waits for it, if any."""

    def __init__(self):
        self._waiting: tuple[str, Sequence[Any]] | None = None

    def __enter__(self) -> "_Ending":
        self._token = _ending.set(self)
        return self

    def __exit__(self, *_) -> None:
        _ending.reset(self._token)
        self._take()

    def put_off(self, query: str, params: Sequence[Any]) -> None:
        self.flush()
        self._waiting = query, params
        # At the front, for Django takes its own away from the end.
        connection.execute_wrappers.insert(0, self._before)

    def commit(self) -> None:
        """If no statement waits, that is left to Django; what shall not be kept is not sent."""
        waiting = self._take()
        if waiting and not connection.needs_rollback:
            statements.execute_and_commit(*waiting)

    def _before(self, execute: Callable, *args: Any) -> Any:
        """What Django calls to run any other statement."""
        self.flush()
        return execute(*args)

    def flush(self) -> None:
        """Run what waits now."""
        waiting = self._take()
        if waiting:
            statements.execute(*waiting)

    def _take(self) -> tuple[str, Sequence[Any]] | None:
        waiting, self._waiting = self._waiting, None
        if waiting:
            connection.execute_wrappers.remove(self._before)
        return waiting


_ending: ContextVar[_Ending | None] = ContextVar("ending", default=None)


def _persist(attempt: Callable[[], R]) -> R:
    deadline = time.monotonic() + PATIENCE
    for pause in _pauses():
        try:
            return attempt()
        except DatabaseError as error:
            if not outages.is_clash(error):
                raise
            if pause is None or time.monotonic() > deadline:
                raise outages.busy() from error
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _pauses() -> list[float | None]:
    """How long to wait after each try, and None after the last: at random, or those who clashed
    once would meet again."""
    longest = [FIRST_PAUSE * 2**number for number in range(TRIES - 1)]
    return [random.uniform(pause / 2, pause) for pause in longest] + [None]


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read in the block is as it was at one moment; nothing can be written in it.

    Not so inside of another transaction, whose first statement has settled what it sees.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def refusal_of(error: IntegrityError) -> Exception | None:
    """What a constraint of ours says to the client; None for any other error."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if isinstance(cause, ForeignKeyViolation):
        return Conflict("Something that this refers to has just been deleted.", "reference_gone")
    constraint = _constraints().get(name)
    if constraint is None:
        return None
    # A constraint's code is the field that it is about, where there is one.
    code = "taken" if isinstance(constraint, UniqueConstraint) else "invalid"
    return invalid(constraint.violation_error_code, constraint.get_violation_error_message(), code)


@cache
def _constraints() -> dict[str, BaseConstraint]:
    return {c.name: c for model in apps.get_models() for c in model._meta.constraints}
