"""A web server waits for the database for so long, and commands as long as it takes."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from neofi import web_database


@pytest.fixture
def limited(monkeypatch):
    """`limited()` is the database's settings as a worker has them."""

    def limit(**options):
        database = {"CONN_MAX_AGE": 60, "OPTIONS": options}
        monkeypatch.setitem(connections.settings, "default", database)
        web_database.limit()
        return database

    return limit


def test_postgresql_takes_the_limits(db, limited):
    place = connection.get_connection_params()
    options = limited()["OPTIONS"]
    names = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"]
    ours = {name: place[name] for name in ("host", "port", "user", "dbname") if name in place}
    with psycopg.connect(**ours, **options) as checked:
        shown = [checked.execute(f"SHOW {name}").fetchone()[0] for name in names]
    assert shown == ["5s", "7s", "10s"]


def test_commands_have_none(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_limit_of_zero_is_not_sent(settings, limited):
    settings.DATABASE_LOCK_TIMEOUT = settings.DATABASE_STATEMENT_TIMEOUT = 0
    settings.DATABASE_IDLE_TIMEOUT = 0
    assert limited()["OPTIONS"]["options"] == ""


def test_the_url_has_the_last_word(limited):
    options = limited(options="-c statement_timeout=1s")["OPTIONS"]["options"]
    assert options.endswith("-c statement_timeout=1s")


def test_by_default_there_is_no_pool(limited):
    database = limited()
    assert "pool" not in database["OPTIONS"]
    assert database["CONN_MAX_AGE"] == 60


def test_with_a_pool_connections_are_given_back(settings, limited):
    settings.DATABASE_POOL_SIZE = 3
    database = limited()
    assert (database["OPTIONS"]["pool"]["max_size"], database["CONN_MAX_AGE"]) == (3, 0)


def test_the_embedded_server_has_no_pool_and_says_so():
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=django_settings.BASE_DIR,
        env=environment | {"DATABASE_POOL_SIZE": "3"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "DATABASE_POOL_SIZE needs a DATABASE_URL" in done.stderr
