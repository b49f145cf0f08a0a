"""Which failures are no fault of the request nor of ours: what we stand on is away, or too slow.

They are refused with a 503 and `Retry-After`, by a code that tells programs what to do:

- `database_unavailable`: there is no connection to be had, the one we had was lost, or the server
  takes no writes. Wait, then try again. A write whose connection was lost may have been done.
- `busy`: others hold what this needs. Nothing was written; try again soon.
- `timeout`: the database took too long. Nothing was written; ask for less, or try again later.
- `cache_unavailable`: throttles cannot count. Wait, then try again.

Every other error of the database is a fault of ours, and stays a 500.
"""

import logging
import sys
import traceback
from http import HTTPStatus

import psycopg
from django.db import DatabaseError, InterfaceError
from psycopg import errors
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import APIException

from neofi.embedded import EmbeddedPostgresError

log = logging.getLogger(__name__)


class Unavailable(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str, code: str, wait: int):
        super().__init__(detail, code)
        self.wait = wait


def database_unavailable() -> Unavailable:
    detail = "The database cannot be reached just now. Try again in a little while."
    return Unavailable(detail, "database_unavailable", wait=5)


def busy() -> Unavailable:
    detail = "Others hold what this needs, for too long. Nothing was written; try again."
    return Unavailable(detail, "busy", wait=1)


def timeout() -> Unavailable:
    detail = "The database took too long. Nothing was written; ask for less, or try again later."
    return Unavailable(detail, "timeout", wait=10)


def cache_unavailable() -> Unavailable:
    detail = "Requests cannot be counted just now, and so not let in. Try again soon."
    return Unavailable(detail, "cache_unavailable", wait=5)


# What starting the transaction again may help against.
CLASHES = (errors.SerializationFailure, errors.DeadlockDetected)

REFUSALS = {
    (*CLASHES, errors.LockNotAvailable): busy,
    (
        errors.QueryCanceled,
        errors.IdleInTransactionSessionTimeout,
        errors.TransactionTimeout,
    ): timeout,
    (
        errors.AdminShutdown,
        errors.CrashShutdown,
        errors.CannotConnectNow,
        errors.IdleSessionTimeout,
        errors.TooManyConnections,
        errors.ConnectionException,
        errors.ConnectionDoesNotExist,
        errors.ConnectionFailure,
        errors.SqlclientUnableToEstablishSqlconnection,
        errors.SqlserverRejectedEstablishmentOfSqlconnection,
        errors.ProtocolViolation,
        errors.ConnectionTimeout,
        PoolTimeout,
        EmbeddedPostgresError,
    ): database_unavailable,
}


def refusal_of(error: BaseException | None) -> Unavailable | None:
    """What to answer after `error`; None if it is no outage."""
    for cause in _causes(error):
        for kinds, refusal in REFUSALS.items():
            if isinstance(cause, kinds):
                return refusal()
        if _is_without_connection(cause) or _is_of_a_standby(cause):
            return database_unavailable()
        if _is_without_cache(cause):
            return cache_unavailable()
    return None


def explain(error: BaseException) -> None:
    """One line for the log: the answer says less, and the traceback of an outage says no more."""
    lines = str(error).splitlines() or [""]
    level = logging.ERROR if any(map(_is_for_ever, _causes(error))) else logging.WARNING
    log.log(level, "Refused for now: %s: %s", type(error).__name__, lines[0])


def is_clash(error: BaseException) -> bool:
    """Whether the transaction lost against another one, and would fare better if begun again."""
    return isinstance(error, DatabaseError) and isinstance(error.__cause__, CLASHES)


def _causes(error: BaseException | None):
    while error is not None:
        yield error
        error = error.__cause__


def _is_without_connection(error: BaseException) -> bool:
    # What the server says has a code (SQLSTATE). What libpq finds out has none, be it that the
    # server is gone or that we misuse the connection: only how the connection is tells them apart.
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate is None and (_did_not_connect(error) or _lost_connection(error))
    # Django's own word for it, which comes without a cause.
    closed = isinstance(error, InterfaceError | psycopg.InterfaceError)
    return closed and "connection" in str(error) and "closed" in str(error)


def _did_not_connect(error: psycopg.Error) -> bool:
    # The error has what there was of a connection (that of neofi.prepared, too, if it was lost);
    # there was nothing if its host has no address.
    connect = psycopg.Connection.connect.__func__.__code__
    return error.pgconn is not None or any(frame.f_code is connect for frame in _frames(error))


def _lost_connection(error: psycopg.Error) -> bool:
    connection = _connection_of(error)
    return connection is not None and connection.broken  # and not closed by us


def _is_of_a_standby(error: BaseException) -> bool:
    """Whether the whole server takes no writes. It says of itself that it does (PostgreSQL 14), if
    it was only we who wrote in a transaction of ours that is for reading."""
    if not isinstance(error, errors.ReadOnlySqlTransaction):
        return False
    connection = _connection_of(error)
    if connection is None or connection.closed:
        return True
    says = connection.info.parameter_status
    return any(says(name) != "off" for name in ("in_hot_standby", "default_transaction_read_only"))


def _connection_of(error: psycopg.Error) -> psycopg.Connection | None:
    """The driver's connection that `error` is about. Django's may be a new one by now.

    The error names none, but it has passed through methods of the connection or of a cursor.
    """
    for frame in _frames(error):
        one = frame.f_locals.get("self")
        if isinstance(one, psycopg.Cursor):
            return one.connection
        if isinstance(one, psycopg.Connection):
            return one
    return None


def _frames(error: BaseException):
    return (frame for frame, _ in traceback.walk_tb(error.__traceback__))


def _is_without_cache(error: BaseException) -> bool:
    redis = sys.modules.get("redis")  # Django imports it once CACHE_URL names one, and few do
    return bool(redis) and isinstance(
        error, redis.ConnectionError | redis.TimeoutError | redis.exceptions.ReadOnlyError
    )


def _is_for_ever(error: BaseException) -> bool:
    """Whether waiting does not help: the cache's password is wrong, which is somebody's to mend."""
    redis = sys.modules.get("redis")
    return bool(redis) and isinstance(
        error, redis.AuthenticationError | redis.exceptions.AuthorizationError
    )
