"""The cursor for statements that come again and again."""

from uuid import UUID

import pytest
from django.db import DataError, connection
from psycopg.types.json import Jsonb

from neofi import prepared, statements

pytestmark = pytest.mark.django_db


def prepared_statements() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY name")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.fixture
def own_connection(transactional_db):
    connection.close()
    yield
    connection.close()


def test_what_comes_again_is_prepared_once(own_connection):
    for number in (1, 2, 3):
        assert statements.fetch("SELECT $1::int + 1", [number]) == [(number + 1,)]
    assert prepared_statements() == ["SELECT $1::int + 1"]


def test_a_refused_transaction_leaves_what_is_prepared(own_connection):
    statements.fetch("SELECT $1::int", [1])
    with pytest.raises(DataError):
        statements.fetch("SELECT 1 / $1::int", [0])
    assert statements.fetch("SELECT $1::int", [2]) == [(2,)]


def test_of_many_statements_the_latest_stay_prepared(own_connection, monkeypatch):
    monkeypatch.setattr(prepared, "MOST", 2)
    for text in ("SELECT 1", "SELECT 2", "SELECT 1", "SELECT 3"):
        statements.fetch(text, [])
    assert prepared_statements() == ["SELECT 1", "SELECT 3"]
    assert statements.fetch("SELECT 2", []) == [(2,)]


def test_nothing_is_prepared_behind_a_pooler_that_could_not_keep_it(own_connection):
    connection.ensure_connection()
    connection.connection.prepare_threshold = None
    assert statements.fetch("SELECT $1::int", [1]) == [(1,)]
    assert prepared_statements() == []


@pytest.mark.parametrize(
    "value",
    [None, True, 7, 2**40, "t\u00e9xt", ["a", ""], [], UUID(int=5), {"a": [1, 1e30]}],
)
def test_values_come_back_as_they_went(value):
    kinds = {dict: "jsonb", list: "text[]", UUID: "uuid", bool: "bool", int: "bigint"}
    kind = kinds.get(type(value), "text")
    given = Jsonb(value) if isinstance(value, dict) else value
    assert statements.fetch(f"SELECT $1::{kind}", [given]) == [(value,)]
