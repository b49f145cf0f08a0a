"""bench/gains.py: its sums, its command line, and that a switch changes nothing but the cost."""

import os
import tempfile
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import authentication
from bench.gaining import asking, command
from bench.gaining.asking import Caller
from bench.gaining.switches import COMPILED, SWITCHES
from events.views.events import EventViewSet
from neofi import statements, wsgi
from neofi.throttling import UserThrottle

READS = ("get_one", "list_page", "changelog", "diff")


def test_a_cost_is_of_one_request_and_the_first_ones_are_not_counted():
    asked = []

    def spent():
        return 5.0 + max(0, len(asked) - 10) * 0.002  # seconds

    assert command.cost_of(lambda: asked.append(1), 20, spent) == pytest.approx(2)
    assert len(asked) == 10 + 20


def test_the_time_is_that_of_both_processes():
    with mock.patch.object(command.psutil, "Process") as process:
        process.return_value.cpu_times.return_value = mock.Mock(user=100.0, system=20.0)
        spent = command.processor_time(4321)
        process.assert_called_once_with(4321)
        with mock.patch.object(command.time, "process_time", return_value=3.0):
            assert spent() == 123


FOUND = {
    "all of it": {"get_one": 1.25, "create": 3.5},
    "nothing prepared": {"get_one": 2.5, "create": 3.6},
}


def test_the_table_has_milliseconds_first_and_then_how_many_times_that():
    assert command.table(FOUND).splitlines() == [
        "| | get_one | create |",
        "|---|---:|---:|",
        "| ms | 1.25 | 3.50 |",
        "| nothing prepared | 2.00 | 1.03 |",
    ]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """`run(*arguments)`: the command, but that `run.measured` measures, and without PostgreSQL."""

    def call(*arguments):
        with mock.patch.dict(os.environ):
            return command.main(arguments)

    call.measured = mock.Mock(return_value=FOUND)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(command, "measured", lambda *given: call.measured(*given))
    postgres = mock.Mock(url="postgres://nobody@nowhere/nothing")
    monkeypatch.setattr(command, "OwnPostgres", lambda: nullcontext(postgres))
    return call


def test_the_command_prints_the_table_and_keeps_it_where_it_is_told_to(run, tmp_path, capsys):
    file = tmp_path / "table.md"
    assert run("--requests", "7", "--rounds", "2", "--markdown", str(file)) == 0
    run.measured.assert_called_once_with(7, 2)
    assert capsys.readouterr().out == file.read_text() == command.table(FOUND) + "\n"
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_measured_is_in_a_database_of_its_own(run, tmp_path):
    def measured(*given):
        assert os.environ["DATABASE_URL"] == "postgres://nobody@nowhere/nothing"
        assert Path(os.environ["VAR_DIR"]).parent == tmp_path
        assert os.environ["CONN_MAX_AGE"] == "1000000"
        return FOUND

    run.measured.side_effect = measured
    assert run() == 0


def test_nothing_is_left_behind_by_a_run_that_fails(run, tmp_path):
    run.measured.side_effect = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        run()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["--requests", "0"], ["--rounds", "-1"], ["--rounds", "many"], ["--scale", "1"]]
)
def test_what_cannot_be_done_is_refused(run, arguments):
    with pytest.raises(SystemExit) as refused:
        run(*arguments)
    assert refused.value.code == 2
    run.measured.assert_not_called()


@pytest.fixture
def own_connection():
    """Once psycopg's cursor has prepared anything, a rollback, as after a test, makes psycopg
    drop all that is prepared, by whomever."""
    yield
    connection.close()


@pytest.fixture
def caller(own_connection, kept_connection, monkeypatch):
    monkeypatch.setattr(asking, "EVENTS", 10)
    monkeypatch.setattr(asking, "VERSIONS", 40)
    return Caller()


@pytest.mark.parametrize("switch", SWITCHES)
def test_without_a_means_the_answers_are_the_same(caller, switch):
    requests, before = caller.requests(), standing()
    answers = {name: requests[name]() for name in READS}
    with SWITCHES[switch]():
        assert {name: requests[name]() for name in READS} == answers
        created, updated = requests["create"](), requests["update"]()
        assert (created["version"], updated["version"]) == (1, 2)
        assert requests["get_one"]()["title"] == updated["title"]
    assert standing() == before


def standing() -> list:
    """All that a switch turns."""
    return [
        list(settings.MIDDLEWARE),
        connection.connection.prepare_threshold,
        statements._cursor_of,
        EventViewSet.ahead,
        UserThrottle.allow_request,
        UserThrottle.wait,
        wsgi.django.__class__.__call__,
    ]


def test_without_a_cache_everything_is_made_anew_for_each_request(caller):
    ask = caller.requests()["get_one"]
    for switch, caches in {
        "SQL made for each request": COMPILED[:1],
        "signature checked each time": [authentication._genuine_claims],
    }.items():
        with SWITCHES[switch]():
            ask()
            ask()
        assert [kept.cache_info()[:2] for kept in caches] == [(0, 1)], switch  # hits and misses


def test_a_session_that_is_read_by_itself_is_one_query_more(caller):
    ask = caller.requests()["get_one"]
    ask()
    with CaptureQueriesContext(connection) as together:
        ask()
    with SWITCHES["session read by itself"](), CaptureQueriesContext(connection) as apart:
        ask()
    assert len(apart) == len(together) + 1
