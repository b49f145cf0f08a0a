import logging

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from psycopg_pool import PoolTimeout

from neofi import health
from neofi.tests.queries import queries


@pytest.fixture(autouse=True)
def new_process(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_healthz_touches_no_database(client, db):
    with queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readyz_says_ready(client, db):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_readyz_looks_for_migrations_until_there_are_none(client, db):
    client.get("/readyz")
    # Whether the database answers.
    with queries(1):
        assert client.get("/readyz").status_code == 200


class Executor:
    """A stand-in for the migrations' executor, with one that is not applied."""

    def __init__(self, connection):
        self.loader = self.graph = self

    def leaf_nodes(self):
        return []

    def migration_plan(self, targets):
        return ["one"]


class Unreachable(Executor):
    def __init__(self, connection):
        raise OperationalError("could not connect to 10.0.0.7")


class Closed(Executor):
    def __init__(self, connection):
        raise InterfaceError("connection already closed")


UNREACHABLE = "The database is not reachable."


@pytest.mark.parametrize(
    ("executor", "detail"),
    [
        (Executor, "1 migrations are not applied."),
        (Unreachable, UNREACHABLE),
        (Closed, UNREACHABLE),
    ],
)
def test_readyz_says_why_it_is_not(client, db, monkeypatch, executor, detail):
    monkeypatch.setattr(health, "MigrationExecutor", executor)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "5"
    problem = response.json()
    assert (problem["code"], problem["detail"]) == ("not_ready", detail)


class Away(Executor):
    def __init__(self, connection):
        raise OperationalError("the pool is\nexhausted") from PoolTimeout()


class Buggy(Executor):
    def __init__(self, connection):
        raise ProgrammingError("no such table")


@pytest.mark.parametrize(("executor", "traceback"), [(Away, False), (Closed, False), (Buggy, True)])
def test_an_outage_is_one_line_for_each_probe(client, db, monkeypatch, caplog, executor, traceback):
    monkeypatch.setattr(health, "MigrationExecutor", executor)
    caplog.set_level(logging.WARNING, "neofi")
    assert client.get("/readyz").status_code == 503
    (record,) = [record for record in caplog.records if record.name.startswith("neofi")]
    assert bool(record.exc_info) == traceback
    assert record.getMessage().startswith("Refused for now: ") != traceback


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_need_no_name_of_ours_and_no_https(client, db, settings, path):
    settings.ALLOWED_HOSTS = ["calendar.example"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, HTTP_HOST="10.1.2.3:8000")
    assert answer.status_code == 200
    assert answer["X-Request-ID"]
