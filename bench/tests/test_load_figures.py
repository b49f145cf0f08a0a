"""The judge of bench/load.py: what it holds a figure against, and when it fails one."""

import json

import pytest

from bench.loading import command, rounds
from bench.loading.figures import further_checks, rows_of
from bench.loading.measuring import Pressure, Run
from bench.loading.once import Figure
from bench.loading.report import Report


def run(target, scenario, rate, p99=10.0, **more):
    return Run(scenario, target, rate, 100, app_ms=1.0, postgres_ms=0.5, p50=5.0, p99=p99, **more)


def report(runs, **more):
    return Report(Pressure(16, 3, 1), 3, runs, **more)


def checks(*runs):
    return {check.what: check for row in rows_of(runs) for check in row.checks}


@pytest.mark.parametrize(("rate", "passes"), [(400, True), (399, False)])
def test_a_ratio_has_a_bar(rate, passes):
    found = checks(run("ours", "get_one", rate), run("limit", "get_one", 1000))
    assert found["get_one: ratio"].passed is passes


def test_rounds_count_by_their_median():
    rates = [100, 500, 90]
    ours = [run("ours", "diff", rate) for rate in rates]
    (row,) = rows_of([*ours, run("limit", "diff", 200)])
    assert row.ratio == 0.5


@pytest.mark.parametrize(("p99", "passes"), [(29.9, True), (30.1, False)])
def test_a_tail_may_be_as_long_as_the_ratio_accounts_for_and_half_as_much_again(p99, passes):
    found = checks(run("ours", "create", 500, p99), run("limit", "create", 1000, 10))
    assert found["create: p99"].passed is passes


@pytest.mark.parametrize("name", ["rollback", "merge"])
@pytest.mark.parametrize(("rate", "passes"), [(67, True), (66, False)])
def test_rollback_and_merge_are_held_against_our_own_update(name, rate, passes):
    found = checks(run("ours", name, rate), run("ours", "update", 100))
    assert found[f"{name}: ratio"].passed is passes


def test_a_batch_is_held_against_single_creates():
    found = checks(run("ours", "batch", 1999), run("limit", "create", 1000))
    assert not found["batch: ratio"].passed


def test_an_unchanged_event_is_no_slower_than_a_whole_one():
    runs = [run("ours", "get_one", 1000), run("ours", "not_modified", 940)]
    assert [check.passed for check in further_checks(runs, None)] == [False]


def test_one_client_alone_waits_for_no_delayed_acknowledgement():
    found = checks(run("ours", "lone_1", 25, p99=40), run("limit", "lone_1", 2000, p99=1))
    assert [check.passed for check in found.values()] == [False]


def test_a_login_is_its_hash_and_little_else():
    runs = [run("ours", "login", 10)]  # 1.5 ms
    assert [check.passed for check in further_checks(runs, 1.21)] == [True]
    assert [check.passed for check in further_checks(runs, 1.1)] == [False]


def test_what_is_measured_once_has_bars_too():
    figures = [Figure("worker 1", 121, "MB", 120), Figure("manage.py check", 9, "s")]
    assert [check.what for check in report([], figures=figures).missed] == ["worker 1"]


def test_those_chosen_bring_what_they_are_held_against():
    assert rounds.with_references(["merge", "not_modified"]) == [
        "get_one",
        "update",
        "not_modified",
        "merge",
    ]


def test_the_table_tells_of_both_servers_and_of_a_bar_that_is_missed():
    table = report([run("ours", "get_one", 100), run("limit", "get_one", 1000)]).markdown()
    assert "| get_one | 100 | 1,000 | 0.10 | 0.40 | 5.00 | 10.00 | 150 |" in table
    assert "**FAIL**" in table


@pytest.fixture
def ended(monkeypatch, tmp_path):
    """The exit status of a command line, of a run that measures what is given."""

    def run_with(runs, *arguments):
        def measure_all(names, lock, report, **more):
            report.runs += runs

        monkeypatch.setattr(rounds, "measure_all", measure_all)
        monkeypatch.setattr(command.shutil, "which", lambda name: name)
        monkeypatch.setattr(command.signal, "signal", lambda *given: None)
        return command.main(["--json", str(tmp_path / "runs.json"), *arguments])

    return run_with


GOOD = [run("ours", "get_one", 500), run("limit", "get_one", 1000)]
SLOW = [run("ours", "get_one", 100), run("limit", "get_one", 1000)]
WRONG = [*GOOD, run("limit", "get_one", 1000, faults=["3 socket errors"])]


@pytest.mark.parametrize(
    ("runs", "arguments", "status"),
    [
        (GOOD, [], 0),
        (SLOW, [], 1),
        (SLOW, ["--short"], 0),
        (WRONG, [], 1),
        (WRONG, ["--short"], 1),
    ],
)
def test_a_missed_bar_or_a_wrong_answer_is_the_exit_status(ended, runs, arguments, status):
    assert ended(runs, *arguments) == status


def test_what_was_wrong_is_told_loudly(ended, capsys):
    ended(WRONG)
    assert "!!!!!!!! THESE FIGURES ARE NO GOOD:\nlimit get_one: 3 socket" in capsys.readouterr().err


def test_every_run_is_in_the_json(ended, tmp_path):
    ended(SLOW)
    told = json.loads((tmp_path / "runs.json").read_text())
    assert [run["rate"] for run in told["runs"]] == [100, 1000]
    assert [check["passed"] for check in told["checks"]] == [False, True]


def test_without_wrk_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    assert command.main([]) == 2
    assert "apt-get install wrk" in capsys.readouterr().err


def test_a_scenario_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["--scenarios", "get_one,get_two"])
    assert "there is no get_two" in capsys.readouterr().err
