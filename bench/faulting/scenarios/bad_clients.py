"""Bodies that break off or never end, silent connections, and a database that takes nobody more."""

import threading
import time
from contextlib import ExitStack

import psycopg

from ..answers import Outage
from ..judging import Fault, Kind
from ..load import Load
from ..report import Report
from ..server import BODY_TIMEOUT
from ..strangers import NEVER, Stranger
from ..verdict import conclude
from ..world import World
from ..writers import writers

CLIENTS = 8
EVENTS = 4
SILENT = 400  # connections; a worker takes 900
FULL_FOR = 3  # seconds
NAME = "somebody else"
TAKEN_AWAY = 5  # times
TAKE_AWAY = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name <> %s
"""
WRITTEN = "SELECT count(*) FROM events_historicalevent WHERE title = %s"


def run(world: World, long: bool) -> Report:
    report = Report("bad-clients", CLIENTS)
    world.keep_signed_in()
    events = world.make_shared_events(report.name, EVENTS)
    stranger = Stranger(world.server, world.people[0], f"/api/events/{events[0]}")
    rounds, stopping = 10 if long else 1, threading.Event()
    players = writers(world, report, events, stopping.is_set)
    began = time.monotonic()
    with Load([player.step for player in players], stopping):
        for _ in range(rounds):
            report.faults += misbehave(stranger)
        outage, kept = fill_the_database(world)
        time.sleep(2)
    report.seconds = time.monotonic() - began
    report.injected = f"{rounds} times {SILENT} silent clients and bad bodies; a full database"
    report.figures.append(f"somebody else held {kept} of the database's 100 connections")
    report.faults += faults_of_strangers(world)
    conclude(world, report, events, outages=[outage])
    return report


def misbehave(stranger: Stranger) -> list[Fault]:
    with stranger.silent(SILENT):
        stranger.break_off()
        return [*stranger.close_early(), *stranger.trickle(BODY_TIMEOUT * 4)]


def fill_the_database(world: World) -> tuple[Outage, int]:
    """Take every connection that PostgreSQL has, the server's too, and keep them for a while."""
    began = time.monotonic()
    with ExitStack() as stack:
        kept: list[psycopg.Connection] = []
        for _ in range(TAKEN_AWAY):
            while (connection := one_more(world)) is not None:
                kept.append(stack.enter_context(connection))
            # The server makes new ones at once: who is quicker gets them.
            kept[0].execute(TAKE_AWAY, [NAME])
        time.sleep(FULL_FOR)
    return Outage(began, time.monotonic()), len(kept)


def one_more(world: World) -> psycopg.Connection | None:
    try:
        return world.postgres.connect(autocommit=True, application_name=NAME)
    except psycopg.OperationalError:
        return None


def faults_of_strangers(world: World) -> list[Fault]:
    with world.postgres.connect() as connection:
        written = connection.execute(WRITTEN, [NEVER]).fetchone()[0]
    return [Fault(Kind.STRAY, f"{written} writes of half a body were done.")] if written else []
