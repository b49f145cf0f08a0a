"""kill -9 under load: of a worker at random, or of the whole server, which is started again."""

import random
import threading
import time
from collections.abc import Callable

import psutil

from ..load import Load
from ..replays import repeat_the_acknowledged
from ..report import Report
from ..server import WORKERS, kill
from ..verdict import conclude
from ..world import World
from ..writers import writers

CLIENTS = 16
EVENTS = 4
UNDER_LOAD = (0.5, 2.0)  # seconds between faults, at random
RESPAWN_PATIENCE = 60
# Seconds. One that dies sooner after it was started in the place of another is a crash loop to
# granian, which then ends.
OLD_ENOUGH = 6


def kill_workers(world: World, long: bool) -> Report:
    report = Report("kill-worker", CLIENTS)
    times = 20 if long else 3
    report.injected = f"{times} workers killed"
    return break_under_load(world, report, times, kill_a_worker)


def kill_servers(world: World, long: bool) -> Report:
    report = Report("kill-server", CLIENTS)
    times = 20 if long else 2
    report.injected = f"{times} servers killed"
    return break_under_load(world, report, times, kill_the_server)


def break_under_load(
    world: World, report: Report, times: int, break_it: Callable[[World], None]
) -> Report:
    world.keep_signed_in()
    events = world.make_shared_events(report.name, EVENTS)
    stopping = threading.Event()
    players = writers(world, report, events, stopping.is_set)
    began = time.monotonic()
    with Load([player.step for player in players], stopping):
        for _ in range(times):
            time.sleep(random.uniform(*UNDER_LOAD))
            break_it(world)
            world.keep_signed_in()
        time.sleep(2)  # for what was cut off to be sent again
    report.seconds = time.monotonic() - began
    world.keep_signed_in()
    repeat_the_acknowledged(world, report)
    conclude(world, report, events, may_break=True)
    return report


def kill_a_worker(world: World) -> None:
    """One of those that have served for a while. Returns once another is in its place."""
    deadline = time.monotonic() + RESPAWN_PATIENCE
    while len(workers := world.server.workers()) < WORKERS or not (old := old_enough(workers)):
        give_up_after(deadline)
    victim = random.choice(old)
    kill(victim)
    while len(set(world.server.workers()) - {victim}) < WORKERS:
        give_up_after(deadline)


def old_enough(workers: list[psutil.Process]) -> list[psutil.Process]:
    return [worker for worker in workers if time.time() - worker.create_time() > OLD_ENOUGH]


def give_up_after(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError("A killed worker is not replaced.")
    time.sleep(0.05)


def kill_the_server(world: World) -> None:
    world.server.kill_all()
    world.server.start()
