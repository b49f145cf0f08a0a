"""Everybody does everything with the same few events."""

import threading
import time

from .. import database
from ..judging import Fault, Kind
from ..load import Load
from ..mixer import Mixer
from ..report import Report
from ..verdict import conclude
from ..world import World

EVENTS = 10


def run(world: World, long: bool) -> Report:
    report = Report("mixed", 64 if long else 32)
    world.keep_signed_in()
    events = world.make_shared_events("Shared", EVENTS)
    before = deadlocks(world)
    players = [Mixer(client, events, world.people) for client in world.clients(report)]
    began = time.monotonic()
    with Load([player.step for player in players], threading.Event()):
        time.sleep(60 if long else 12)
    report.seconds = time.monotonic() - began
    report.faults += faults_of_mixture(report) if long else []
    conclude(world, report, events)
    report.figures.append(f"{deadlocks(world) - before} deadlocks in PostgreSQL")
    return report


def deadlocks(world: World) -> int:
    with world.postgres.connect() as connection:
        return database.deadlocks(connection)


def faults_of_mixture(report: Report) -> list[Fault]:
    """Every kind of request was accepted at least once: a load that is refused proves nothing."""
    answers = report.journal.answers
    kinds = {answer.kind for answer in answers}
    accepted = {answer.kind for answer in answers if 200 <= answer.status < 300}
    never = kinds - accepted - {"again"}  # its success is a 304
    return [Fault(Kind.ANSWER, f"{kind}: never accepted.") for kind in sorted(never)]
