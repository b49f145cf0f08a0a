"""PostgreSQL is killed under load, stays away for a while, and comes back."""

import threading
import time

from ..answers import Outage
from ..journal import Answer
from ..judging import Fault, Kind
from ..load import Load
from ..replays import repeat_the_acknowledged
from ..report import Report
from ..verdict import conclude
from ..world import World
from ..writers import writers

CLIENTS = 16
EVENTS = 4
UNDER_LOAD, AWAY = 3, 4  # seconds
BACK_PATIENCE = 5


def run(world: World, long: bool) -> Report:
    report = Report("kill-postgres", CLIENTS)
    times = 5 if long else 1
    report.injected = f"{times} kills of PostgreSQL"
    world.keep_signed_in()
    events = world.make_shared_events(report.name, EVENTS)
    stopping = threading.Event()
    players = writers(world, report, events, stopping.is_set)
    began = time.monotonic()
    with Load([player.step for player in players], stopping):
        outages = [kill_and_start(world) for _ in range(times)]
        time.sleep(BACK_PATIENCE)
    report.seconds = time.monotonic() - began
    report.faults += faults_of_outages(report, outages)
    repeat_the_acknowledged(world, report)
    conclude(world, report, events, outages=outages)
    return report


def kill_and_start(world: World) -> Outage:
    time.sleep(UNDER_LOAD)
    began = time.monotonic()
    world.postgres.kill()
    time.sleep(AWAY)
    world.postgres.start()
    return Outage(began, time.monotonic())


def faults_of_outages(report: Report, outages: list[Outage]) -> list[Fault]:
    """Each was noticed, and each was got over. Tells how long that took."""
    faults, answers = [], report.journal.answers
    waits = [time_to_the_first_success(answers, outage.ended) for outage in outages]
    for outage, wait in zip(outages, waits, strict=True):
        if not any(outage.touches(answer) and answer.status == 503 for answer in answers):
            faults.append(Fault(Kind.BROKEN, "PostgreSQL was away, and nobody was told."))
        if wait is None or wait > BACK_PATIENCE:
            faults.append(Fault(Kind.BROKEN, f"PostgreSQL was back, the service was not: {wait}"))
    told = ", ".join("never" if wait is None else f"{wait:.2f} s" for wait in waits)
    report.figures.append(f"from PostgreSQL's being ready to the first 2xx: {told}")
    return faults


def time_to_the_first_success(answers: list[Answer], since: float) -> float | None:
    times = [a.ended - since for a in answers if 200 <= a.status < 300 and a.ended > since]
    return min(times, default=None)
