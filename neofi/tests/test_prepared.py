"""The cursor for statements that come again and again."""

from uuid import UUID

import psycopg
import pytest
from django.db import DataError, connection
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from neofi import prepared, statements
from neofi.prepared import PreparedCursor

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


@pytest.fixture
def beside(own):
    """It, about to begin a transaction, with a table of its own."""
    # What psycopg prepares itself, a rollback lets go, together with all that is ours.
    own.prepare_threshold = 1_000
    own.execute("CREATE TEMP TABLE pile (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    own.autocommit = False
    return own


def test_what_somebody_else_let_go_is_prepared_anew(beside):
    cursor = statements._cursor_of(beside)
    cursor.execute("SELECT 1")
    beside.execute("DEALLOCATE ALL")
    with pytest.raises(errors.InvalidSqlStatementName):
        cursor.execute("SELECT 1")
    beside.rollback()
    assert cursor.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize(("threshold", "mode"), [(0, "force_generic_plan"), (None, "auto")])
def test_a_plan_is_made_once_where_it_is_kept_at_all(beside, threshold, mode):
    beside.prepare_threshold = threshold
    assert PreparedCursor(beside).execute("SHOW plan_cache_mode").fetchall() == [(mode,)]


PUT = "INSERT INTO pile VALUES ($1::int)"


def put(beside, *numbers, commit=False) -> list:
    cursor = statements._cursor_of(beside)
    with cursor.at_once(commit) as found:
        for number in numbers:
            cursor.execute(PUT, [number])
        cursor.execute("SELECT count(*) FROM pile")
    return found


def pile(beside) -> list[int]:
    """What is there for good."""
    beside.rollback()
    return [number for (number,) in beside.execute("SELECT id FROM pile ORDER BY id")]


@pytest.mark.parametrize("threshold", [0, None])
def test_statements_that_go_out_at_once_run_one_after_the_other(beside, threshold):
    beside.prepare_threshold = threshold
    assert put(beside, 1, 2) == [[], [], [(2,)]]
    assert beside.info.transaction_status == TransactionStatus.INTRANS
    assert put(beside, 3) == [[], [(3,)]]
    assert pile(beside) == []


def test_with_a_commit_they_stay(beside):
    assert put(beside, 1, 2, commit=True) == [[], [], [(2,)]]
    assert beside.info.transaction_status == TransactionStatus.IDLE
    assert pile(beside) == [1, 2]


def test_one_statement_with_a_commit_is_a_transaction_by_itself(beside):
    cursor = statements._cursor_of(beside)
    with cursor.at_once(commit=True):
        cursor.execute(PUT, [1])
    assert beside.info.transaction_status == TransactionStatus.IDLE
    assert pile(beside) == [1]


def test_an_error_among_them_takes_back_all(beside):
    with pytest.raises(errors.InvalidTextRepresentation):
        put(beside, 1, "one", 2, commit=True)
    assert pile(beside) == []
    beside.rollback()
    assert put(beside, 3) == [[], [(1,)]]


def test_so_does_what_only_the_commit_refuses(beside):
    with pytest.raises(errors.UniqueViolation):
        put(beside, 1, 1, commit=True)
    assert beside.info.transaction_status == TransactionStatus.IDLE
    assert pile(beside) == []


def test_nothing_goes_out_if_one_cannot_be_sent(beside):
    with pytest.raises(psycopg.ProgrammingError):
        put(beside, 1, object(), commit=True)
    assert beside.info.transaction_status == TransactionStatus.IDLE
    assert pile(beside) == []


def test_what_no_buffer_holds_goes_out_too(beside):
    large = "x" * 20_000_000
    cursor = statements._cursor_of(beside)
    with cursor.at_once() as found:
        cursor.execute("SELECT length($1::text)", [large])
        cursor.execute("SELECT $1::text", [large])
    assert found == [[(len(large),)], [(large,)]]


def test_who_is_interrupted_leaves_no_answer_to_the_next(beside, monkeypatch):
    def interrupted(cursor):
        raise KeyboardInterrupt

    monkeypatch.setattr(PreparedCursor, "_answers", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(beside, 1)
    assert beside.closed
