"""What an outage looks like to a client, wherever in a request it happens."""

import logging

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.test import override_settings
from psycopg import errors
from psycopg_pool import PoolTimeout

from accounts.authentication import BearerAuthentication
from neofi import outages
from neofi.logs import OutagesInOneLine
from neofi.sessions import SessionStore

AWAY, BUSY, TIMEOUT = "database_unavailable", "busy", "timeout"
FAILURES = {
    "connection refused": (psycopg.OperationalError, AWAY),
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
    error.__cause__ = psycopg.OperationalError()
    record = logging.LogRecord("x", logging.ERROR, "", 1, "?", (), (type(error), error, None))
    assert not OutagesInOneLine().filter(record)
    assert caplog.messages == ["Refused for now: OperationalError: the server"]
    other = logging.LogRecord("x", logging.ERROR, "", 1, "?", (), (KeyError, KeyError(), None))
    assert OutagesInOneLine().filter(other)


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
