"""The worlds of bench/growth.py: what is loaded is right, and what is asked of it reads little.

A few thousand events, in the tests' own database; each request's statements are explained.
"""

import json
import math
import subprocess

import pytest
from django.db import connection

from accounts.models import Session, User
from accounts.tests.factories import UserFactory
from bench.growing import command, loading, report, requests, worker
from bench.growing.measuring import Cost, Result
from bench.growing.report import cells
from bench.growing.requests import CHECKS, Check, calls
from bench.growing.worker import encoder
from bench.growing.world import READER, World, event_id, user_id
from events.services.spans import rebuild_spans
from events.tests.explaining import plans
from events.verifying.everything import Inspection

WORLD = World(users=3000, events=12000, visible=8000, versions=800, people=700)
TABLES = ", ".join(["accounts_user", *loading.TABLES.values()])
# So many rows, found or passed over, may be read for a page of 20 with all that belongs to it.
ENOUGH = 1000
# Of the past, the changes since then count too.
ENOUGH_OF_THEN = 5000
# Where a good part of all has changed since, it is best to read a few thousand rows as they lie.
ANYHOW = {"as_of the beginning", "as_of the middle, by change", *requests.UNBARRED}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        connection.ensure_connection()
        # The driver's own connection: COPY is not Django's.
        loading.load(connection.connection, WORLD, "", lambda text: None)
        with connection.cursor() as cursor:
            fill_sessions(cursor)
            cursor.execute(f"ANALYZE {TABLES}, accounts_session")
            yield WORLD
            cursor.execute(f"TRUNCATE {TABLES} CASCADE")


def fill_sessions(cursor) -> None:
    """One of each person: or to read all of them would be the best way to find one."""
    cursor.execute(
        "INSERT INTO accounts_session (id, user_id, created_at, last_used_at, expires_at,"
        " user_agent) SELECT gen_random_uuid(), id, now(), now(), now() + interval '1 day', ''"
        " FROM accounts_user"
    )


@pytest.fixture
def client(api, world):
    return api(User.objects.get(pk=user_id(READER)))


def test_what_is_loaded_is_what_the_services_would_have_written(world, db):
    inspection = Inspection()
    assert list(inspection.faults()) == []
    assert inspection.events == WORLD.boards.stop
    assert rebuild_spans() == 0


def test_the_sequences_go_on_behind_what_was_loaded(world, db, client):
    path = f"/api/events/{event_id(WORLD.crowded + 1)}"
    assert client.patch(path, {"title": "New"}).status_code == 200
    guest = UserFactory(username="new")
    shared = client.post(f"{path}/share", {"user": str(guest.pk), "role": "viewer"})
    assert shared.status_code == 201


def asked() -> list[str]:
    """Of the API: a list of the staff may count more than it shows."""
    found = {name: call() for name, call in every_call().items()}
    return [
        name for name, (method, path, _) in found.items() if (method, path[:5]) == ("GET", "/api/")
    ]


def every_call() -> dict:
    return calls(WORLD, encoder())


@pytest.mark.parametrize("name", asked())
def test_no_request_reads_a_table_that_grows(client, name):
    _, path, _ = every_call()[name]()
    enough = ENOUGH_OF_THEN if name.startswith("as_of") else ENOUGH
    for plan in plans(client, path):
        if name not in ANYHOW:
            assert not plan.scanned_whole, plan
            assert plan.read <= enough, plan


@pytest.mark.parametrize("name", ["role", "owner", "status", "tag", "updated_since", "search"])
def test_the_filters_find_twenty(client, name):
    _, path, _ = every_call()[name]()
    assert len(client.get(f"{path}&page_size=100").json()["results"]) == 20


def test_an_update_writes_no_row_for_each_of_many_people(client, world):
    path = f"/api/events/{event_id(WORLD.crowded)}"
    before = grants_written()
    assert client.patch(path, {"title": "New"}).status_code == 200
    assert grants_written() == before
    moved = {"start_time": "2026-05-01T09:00:00Z", "end_time": "2026-05-01T10:00:00Z"}
    assert client.patch(path, moved).status_code == 200
    assert grants_written() == before + WORLD.people + 1


def grants_written() -> int:
    """By this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'events_grant'"
        )
        return cursor.fetchone()[0]


def result(ratio: float, rows=(20,), **check) -> Result:
    given = {"name": "list", "bar": 1.3, "base": "list", "same_answer": True}
    return Result(Check(**given | check), Cost(2 * ratio, ratio, list(rows)), Cost(2.0, 1.0, [20]))


def test_a_bar_that_is_missed_is_told():
    assert result(1.2).passed
    assert cells(result(1.2)) == ("list", "2.40", "2.00", "1.20", "1.3", "1.20", "1.00", "pass")
    assert cells(result(1.4))[-1] == "**FAIL**"
    assert not result(1.0, rows=(0,)).passed


def test_so_is_a_limit():
    assert result(5.0, bar=math.inf, limit=11).passed
    slow = result(5.0, bar=math.inf, limit=9)
    assert not slow.passed
    assert cells(slow)[4::3] == ("9 ms", "**FAIL**")


@pytest.fixture
def ended(monkeypatch):
    """The exit status of a command line, of a run that finds what is given."""

    def run_with(found, *arguments):
        def run(options):
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(command, "run", run)
        monkeypatch.setattr(command.signal, "signal", lambda *given: None)
        return command.main(arguments)

    return run_with


@pytest.mark.parametrize(
    ("found", "arguments", "status"),
    [
        ([result(1.2)], [], 0),
        ([result(1.2), result(1.4)], [], 1),
        ([result(1.4)], ["--short"], 0),
        ([result(1.0, rows=(0,))], ["--short"], 1),
        (RuntimeError("a worker has ended"), [], 2),
        (subprocess.CalledProcessError(1, "migrate"), [], 2),
    ],
)
def test_a_missed_bar_or_too_few_rows_are_the_exit_status(ended, found, arguments, status):
    assert ended(found, *arguments) == status


@pytest.mark.parametrize(
    "arguments",
    [["--scale", "0.001"], ["--scale", "2"], ["--scale", "x"], ["--rounds", "0"], ["--only", "x"]],
)
def test_what_cannot_be_measured_is_refused(arguments):
    with pytest.raises(SystemExit) as refused:
        command.parser().parse_args(arguments)
    assert refused.value.code == 2


def test_checks_are_chosen_by_how_they_begin():
    options = command.parser().parse_args(["--only", "history,update of"])
    assert [check.name for check in options.only] == ["history", "update of ten"]


def test_what_is_asked_for_fills_its_page_in_the_smallest_world():
    smallest = World.of(command.SMALLEST)
    # Of the changelog, deep; of the events at the beginning; of the permissions.
    assert smallest.versions // 2 >= 20
    assert smallest.visible // 10 >= 20
    assert smallest.people >= 5


def test_json_has_no_infinity(tmp_path):
    file = tmp_path / "growth.json"
    report.write_json([result(1.2), result(1.2, bar=math.inf)], file)
    told = json.loads(file.read_text(), parse_constant=pytest.fail)
    assert [row["check"]["bar"] for row in told] == [1.3, None]


def test_a_worker_that_has_waited_for_long_signs_in_again(world, kept_connection, monkeypatch):
    client = worker.Client()
    client.stay_signed_in()
    assert Session.objects.filter(user=user_id(READER)).count() == 2
    monkeypatch.setattr(worker, "SIGNED_IN_FOR", -1)
    client.stay_signed_in()
    assert Session.objects.filter(user=user_id(READER)).count() == 3
    status, answer = client.send(("GET", "/api/events", None))
    assert (status, len(json.loads(answer)["results"])) == (200, 20)


def test_each_check_is_of_what_is_asked():
    known = every_call()
    assert {name for check in CHECKS for name in (check.name, check.base)} == known.keys()
