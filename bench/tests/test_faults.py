"""The judge of bench/faults.py has teeth: whatever is lost, doubled or torn, it finds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.faulting.answers import Outage, faults_in
from bench.faulting.journal import ONE_VERSION, Answer, Ask, Journal, Outcome, Rows, Version, Write
from bench.faulting.judging import Kind, Row, judge
from bench.faulting.report import HEAD, Report, markdown_of, table_of
from bench.faulting.scenarios.outage import faults_of_outages

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHANGE = Ask("change", "PATCH", "/api/events/e", {}, ONE_VERSION)
CREATE = Ask("create", "POST", "/api/events", {}, Rows(1, 1), headers={"Idempotency-Key": "m"})
BATCH = Ask("batch", "POST", "/api/events/batch", {}, Rows(4, 2))


def write(ask=CHANGE, outcome=Outcome.DONE, **more):
    """One that was answered with the change set `c`."""
    change_set = "c" if outcome == Outcome.DONE else None
    given = {"rows": ask.rows, "change_set": change_set, "attempts": 1, "sent_at": NOON}
    return Write("m", "ada", ask, outcome, **given | more)


def version(number=2, event="e", change_set="c", **more):
    return Row("m", event, change_set, NOON + SECOND, number, "Title", {"n": number}, **more)


def access(event="e", change_set="c"):
    return Row("m", event, change_set, NOON + SECOND)


def shown(number=2, title="Title"):
    return Version("e", number, title, {"n": number})


WHOLE_BATCH = [*[version(1, f"e{n}") for n in range(4)], access("e0"), access("e1")]


def kinds(write, rows):
    return {fault.kind for fault in judge([write], rows)}


@pytest.mark.parametrize(
    ("one", "rows"),
    [
        (write(versions=[shown()]), [version()]),
        (write(CREATE), [version(1), access()]),
        (write(BATCH), WHOLE_BATCH),
        (write(BATCH, Outcome.UNKNOWN), WHOLE_BATCH),
        (write(BATCH, Outcome.UNKNOWN), []),
        (write(outcome=Outcome.REFUSED), []),
        (write(replace(CHANGE, certain=False), Outcome.NOTHING), []),
        (write(replace(CHANGE, rows=Rows()), Outcome.NOTHING), []),
    ],
)
def test_what_is_as_it_was_told_is_right(one, rows):
    assert judge([one], rows) == []


@pytest.mark.parametrize("ask", [CHANGE, CREATE, BATCH])
def test_an_acknowledged_write_that_is_not_there_is_lost(ask):
    assert kinds(write(ask), []) == {Kind.LOST}


def test_a_version_that_was_shown_and_is_not_there_is_lost():
    assert Kind.LOST in kinds(write(versions=[shown(3)]), [version(2)])


def test_a_change_that_was_accepted_and_made_no_version_is_lost():
    assert kinds(write(outcome=Outcome.NOTHING), []) == {Kind.LOST}


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.UNKNOWN])
def test_a_write_that_was_done_twice_is_doubled(outcome):
    twice = [version(2), version(3, change_set="d")]
    assert Kind.DOUBLED in kinds(write(outcome=outcome), twice)


def test_two_events_for_one_key_are_doubled():
    rows = [version(1, "e"), access("e"), version(1, "f", "d"), access("f", "d")]
    assert Kind.DOUBLED in kinds(write(CREATE), rows)


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.UNKNOWN])
@pytest.mark.parametrize("missing", range(len(WHOLE_BATCH)))
def test_a_batch_without_one_of_its_rows_is_torn(outcome, missing):
    rows = [row for number, row in enumerate(WHOLE_BATCH) if number != missing]
    assert kinds(write(BATCH, outcome), rows) == {Kind.TORN}


def test_content_without_access_is_torn():
    assert kinds(write(CREATE, Outcome.UNKNOWN), [version(1)]) == {Kind.TORN}


def test_a_batch_in_two_change_sets_is_doubled():
    rows = [*WHOLE_BATCH[1:], version(1, "e0", "d")]
    assert kinds(write(BATCH, Outcome.UNKNOWN), rows) == {Kind.DOUBLED}


def test_a_refused_write_that_is_there_is_a_stray():
    assert kinds(write(outcome=Outcome.REFUSED), [version()]) == {Kind.STRAY}


def test_a_dry_run_that_wrote_is_a_stray():
    dry = write(replace(CHANGE, rows=Rows()), Outcome.NOTHING)
    assert kinds(dry, [version()]) == {Kind.STRAY}


def test_rows_that_nobody_asked_for_are_strays():
    assert [fault.kind for fault in judge([], [version()])] == [Kind.STRAY]


@pytest.mark.parametrize("told", [shown(title="Another"), Version("e", 2, "Title", {})])
def test_another_content_than_was_acknowledged_differs(told):
    assert kinds(write(versions=[told]), [version()]) == {Kind.DIFFERS}


def test_another_change_set_than_was_acknowledged_differs():
    assert kinds(write(), [version(change_set="d")]) == {Kind.DIFFERS}


def test_a_repetition_that_passes_for_a_first_answer_differs():
    again = write(CREATE, attempts=2, sent_at=NOON + 2 * SECOND)
    assert kinds(again, [version(1), access()]) == {Kind.DIFFERS}
    assert kinds(replace(again, replayed=True), [version(1), access()]) == set()


def test_a_first_answer_that_passes_for_a_repetition_differs():
    assert kinds(write(CREATE, replayed=True), [version(1), access()]) == {Kind.DIFFERS}


def answer(status, kind="change", began=0.0, seconds=0.1, **more):
    return Answer(kind, status, more.pop("code", "busy"), began, began + seconds, **more)


REFUSAL = {"problem": True, "retry_after": "5"}
OUTAGE = Outage(10, 20)


@pytest.mark.parametrize("status", [200, 201, 204, 207, 304, 403, 404, 409, 412])
def test_answers_that_may_be(status):
    assert list(faults_in([answer(status)])) == []


@pytest.mark.parametrize("status", [0, 400, 401, 408, 422, 429, 500, 502, 503])
def test_answers_that_must_not_be(status):
    assert len(list(faults_in([answer(status, **REFUSAL)]))) == 1


def test_a_batch_may_be_invalid_by_what_others_did():
    assert list(faults_in([answer(400, "batch")])) == []


@pytest.mark.parametrize(
    ("one", "faults"),
    [
        (answer(503, began=15, **REFUSAL), 0),
        (answer(503, began=9.95, **REFUSAL), 0),
        (answer(503, began=20.1, **REFUSAL), 1),
        (answer(503, began=5, **REFUSAL), 1),
        (answer(503, began=15), 1),
        (answer(503, began=15, problem=True), 1),
        (answer(503, began=15, problem=True, retry_after="0"), 1),
        (answer(503, began=15, problem=True, retry_after="5", code=""), 1),
        (answer(500, began=15, **REFUSAL), 1),
        (answer(0, began=15), 1),
    ],
)
def test_an_outage_is_told_in_its_time_and_form(one, faults):
    assert len(list(faults_in([one], outages=[OUTAGE]))) == faults


def test_a_lost_connection_is_right_only_where_something_is_killed():
    assert list(faults_in([answer(0)], may_break=True)) == []


def test_no_answer_may_take_long():
    assert len(list(faults_in([answer(200, seconds=10.5)]))) == 1


def outage_report(*answers):
    report = Report("kill-postgres", 1)
    report.journal.answers += answers
    return report


def test_an_outage_that_nobody_noticed_proves_nothing():
    report = outage_report(answer(200, began=21))
    assert len(faults_of_outages(report, [OUTAGE])) == 1


@pytest.mark.parametrize("back", [[], [answer(200, began=26)]])
def test_a_service_that_does_not_come_back_is_found(back):
    report = outage_report(answer(503, began=15, **REFUSAL), *back)
    assert len(faults_of_outages(report, [OUTAGE])) == 1


def test_a_service_that_comes_back_is_right():
    report = outage_report(answer(503, began=15, **REFUSAL), answer(200, began=21))
    assert faults_of_outages(report, [OUTAGE]) == []
    assert report.figures == ["from PostgreSQL's being ready to the first 2xx: 1.10 s"]


def test_the_tables_count_what_was_found():
    report = Report("cas", 32, Journal(), seconds=9.6)
    report.journal.answers += [answer(200), answer(503), answer(500, seconds=2)]
    report.journal.writes += [write(), replace(write(outcome=Outcome.UNKNOWN), attempts=3)]
    report.faults += judge(report.journal.writes, [])
    cells = dict(zip(HEAD, report.cells(), strict=True))
    assert cells == {
        "scenario": "cas",
        "clients": "32",
        "seconds": "10",
        "requests": "3",
        "faults injected": "none",
        "acknowledged": "1",
        "unknown": "1",
        "lost": "1",
        "doubled": "0",
        "otherwise wrong": "0",
        "503": "1",
        "other 5xx": "1",
        "longest answer": "2.0 s",
        "retries": "2",
    }
    assert table_of([report]).count("\n") == 1
    assert markdown_of([report]).startswith("| scenario | clients |")
