"""What an outage looks like to a client, wherever in a request it happens."""

import logging
import os
import socket

import psycopg
import pytest
import redis
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.test import override_settings
from psycopg import errors
from psycopg_pool import PoolTimeout

from accounts.authentication import BearerAuthentication
from neofi import outages
from neofi.logs import OutagesInOneLine
from neofi.prepared import PreparedCursor
from neofi.sessions import SessionStore
from neofi.transactions import one_moment


def attempt_at(place: str) -> psycopg.Error:
    """What the driver raises where there is no server."""
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(f"postgres://{place}/neofi")
    return caught.value


def refused(message: str) -> psycopg.Error:
    return attempt_at("127.0.0.1:1")


AWAY, BUSY, TIMEOUT = "database_unavailable", "busy", "timeout"
FAILURES = {
    "connection refused": (refused, AWAY),
    "slow network": (errors.ConnectionTimeout, AWAY),
    "administrator's shutdown": (errors.AdminShutdown, AWAY),
    "crash": (errors.CrashShutdown, AWAY),
    "starting up": (errors.CannotConnectNow, AWAY),
    "too many connections": (errors.TooManyConnections, AWAY),
    "exhausted pool": (PoolTimeout, AWAY),
    "standby": (errors.ReadOnlySqlTransaction, AWAY),
    "lock timeout": (errors.LockNotAvailable, BUSY),
    "deadlock": (errors.DeadlockDetected, BUSY),
    "serialization failure": (errors.SerializationFailure, BUSY),
    "statement timeout": (errors.QueryCanceled, TIMEOUT),
    "idle in transaction": (errors.IdleInTransactionSessionTimeout, TIMEOUT),
}
failures = pytest.mark.parametrize(("cause", "code"), FAILURES.values(), ids=FAILURES.keys())


def failing(error: Exception, cause: Exception | None = None):
    """A function that raises as Django does: its own error, from the driver's."""

    def fail(*args, **kwargs):
        raise error from cause

    return fail


def assert_unavailable(response, code: str) -> None:
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert int(response["Retry-After"]) >= 1
    assert response["X-Request-ID"]
    assert response.json()["code"] == code


@failures
def test_the_api_refuses_with_503(api, owner, monkeypatch, cause, code):
    client = api(owner)
    monkeypatch.setattr(
        BearerAuthentication, "authenticate", failing(OperationalError("no"), cause("no"))
    )
    assert_unavailable(client.get("/api/events"), code)


@failures
def test_so_does_what_is_no_view_of_the_api(client, db, monkeypatch, cause, code):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "a" * 32
    monkeypatch.setattr(SessionStore, "load", failing(OperationalError("no"), cause("no")))
    assert_unavailable(client.get("/admin/"), code)


def test_a_closed_connection_is_none():
    for message in ("connection already closed", "the connection is closed"):
        assert outages.refusal_of(InterfaceError(message)).get_codes() == AWAY
    assert outages.refusal_of(InterfaceError("the cursor is closed")) is None


@pytest.mark.parametrize(
    "cause",
    [errors.DiskFull, errors.OutOfMemory, errors.IndeterminateDatatype, errors.UndefinedTable],
)
def test_faults_of_ours_stay_500(api, owner, monkeypatch, cause):
    client = api(owner)
    client.raise_request_exception = False
    for error in (OperationalError, InternalError, DatabaseError):
        fail = failing(error("no"), cause("no"))
        monkeypatch.setattr(BearerAuthentication, "authenticate", fail)
        assert client.get("/api/events").status_code == 500


def test_the_log_has_one_line_for_it(caplog):
    caplog.set_level(logging.WARNING)
    error = OperationalError("the server\nis away")
    error.__cause__ = PoolTimeout()
    record = logging.LogRecord("x", logging.ERROR, "", 1, "?", (), (type(error), error, None))
    assert not OutagesInOneLine().filter(record)
    assert caplog.messages == ["Refused for now: OperationalError: the server"]
    other = logging.LogRecord("x", logging.ERROR, "", 1, "?", (), (KeyError, KeyError(), None))
    assert OutagesInOneLine().filter(other)


@pytest.mark.parametrize("place", ["127.0.0.1:1", "127.0.0.1:1,127.0.0.2:1", "nowhere.invalid"])
def test_a_connection_that_cannot_be_made_is_an_outage(place):
    assert outages.refusal_of(attempt_at(place)).get_codes() == AWAY


def error_of(function, *args) -> psycopg.Error:
    with pytest.raises(psycopg.Error) as caught:
        function(*args)
    return caught.value


def lose(own: psycopg.Connection) -> None:
    """The network is cut, as seen from here."""
    with socket.socket(fileno=os.dup(own.fileno())) as cut:
        cut.shutdown(socket.SHUT_RDWR)


def end(own: psycopg.Connection) -> None:
    """The server ends it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [own.info.backend_pid])


@pytest.mark.parametrize("in_cursor", [True, False])
def test_a_connection_that_is_lost_is_an_outage(own, in_cursor):
    own.autocommit = False
    cursor = own.cursor()
    cursor.execute("SELECT 1")
    lose(own)
    error = error_of(cursor.execute, "SELECT 1") if in_cursor else error_of(own.commit)
    assert error.sqlstate is None
    own.close()  # as Django does after such an error
    assert outages.refusal_of(error).get_codes() == AWAY
    again = error_of(own.execute, "SELECT 1")
    assert outages.refusal_of(again).get_codes() == AWAY


@pytest.mark.parametrize("ended", [lose, end])
@pytest.mark.parametrize("autocommit", [True, False])
def test_so_is_one_lost_in_a_prepared_statement(own, ended, autocommit):
    own.autocommit = autocommit
    cursor = PreparedCursor(own)
    cursor.execute("SELECT 1")
    ended(own)
    error = error_of(cursor.execute, "SELECT 2")
    own.close()
    assert outages.refusal_of(error).get_codes() == AWAY


@pytest.mark.parametrize("ended", [lose, end])
@pytest.mark.parametrize("commit", [True, False])
def test_so_is_one_lost_in_statements_that_go_out_at_once(own, ended, commit):
    cursor = PreparedCursor(own)
    cursor.execute("SELECT 1")
    own.autocommit = False

    def execute():
        with cursor.at_once(commit):
            cursor.execute("SELECT 1")
            ended(own)
            cursor.execute("SELECT 1")

    error = error_of(execute)
    own.close()
    assert outages.refusal_of(error).get_codes() == AWAY


def test_so_is_one_lost_while_they_run(own):
    cursor = PreparedCursor(own)

    def execute():
        with cursor.at_once():
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            cursor.execute("SELECT 2")

    error = error_of(execute)
    own.close()
    assert outages.refusal_of(error).get_codes() == AWAY


def test_a_misused_connection_is_a_fault_of_ours(own):
    own.pgconn.send_query(b"SELECT 1")
    error = error_of(own.execute, "BEGIN; SELECT 1")
    assert "another command is already in progress" in str(error)
    assert outages.refusal_of(error) is None
    own.close()  # as Django does when it cannot roll back either
    assert outages.refusal_of(error) is None


def test_a_closed_connection_that_is_used_is_a_fault_of_ours(own):
    own.close()
    assert outages.refusal_of(error_of(own.execute, "SELECT 1")) is None


def test_an_error_without_a_connection_is_a_fault_of_ours():
    assert outages.refusal_of(psycopg.OperationalError("no")) is None


WRITE = "CREATE TABLE never (id int)"


def test_a_write_in_a_transaction_for_reading_is_a_fault_of_ours(transactional_db):
    read_only = pytest.raises(DatabaseError, match="read-only")
    with read_only as caught, one_moment(), connection.cursor() as cursor:
        cursor.execute(WRITE)
    assert outages.refusal_of(caught.value) is None


def test_a_server_for_reading_alone_is_an_outage(own):
    """It says so as a standby does; `in_hot_standby` needs two servers."""
    own.execute("SET default_transaction_read_only = on")
    assert outages.refusal_of(error_of(own.execute, WRITE)).get_codes() == AWAY


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (redis.ConnectionError, logging.WARNING),
        (redis.TimeoutError, logging.WARNING),
        (redis.AuthenticationError, logging.ERROR),
    ],
)
def test_a_password_that_the_cache_does_not_take_is_an_error(caplog, error, level):
    """Waiting does not help, so somebody should look."""
    error = error("invalid username-password pair")
    assert outages.refusal_of(error).get_codes() == "cache_unavailable"
    outages.explain(error)
    assert [record.levelno for record in caplog.records] == [level]


@pytest.fixture
def no_redis(db):
    """A cache at an address where nobody answers."""
    redis = "django.core.cache.backends.redis.RedisCache"
    caches = {"default": {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1/0"}}
    with override_settings(CACHES=caches):
        yield


LOGIN = {"username": "ada", "password": "a long passphrase"}


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/register"])
def test_without_its_cache_a_throttled_door_stays_shut(no_redis, api, path):
    assert_unavailable(api().post(path, LOGIN), "cache_unavailable")


@pytest.mark.parametrize("path", ["/admin/login/", "/api-auth/login/"])
def test_so_do_the_login_pages(no_redis, client, path):
    client.raise_request_exception = False
    assert_unavailable(client.post(path, LOGIN), "cache_unavailable")


def test_what_is_not_throttled_needs_no_cache(no_redis, api, owner):
    assert api(owner).get("/api/events").status_code == 200
