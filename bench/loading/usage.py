"""What processes take of the machine: time of its processors, and memory."""

import time
from contextlib import suppress
from dataclasses import dataclass

import psutil

IDLE = 0.02  # seconds of a processor in PAUSE: the clock of processes ticks in hundredths
PAUSE = 0.2
SETTLE_PATIENCE = 20


def cpu_seconds(pid: int) -> float:
    """All that a process and its children have taken, those that have ended included."""
    root = psutil.Process(pid)
    return sum(map(_cpu_of, [root, *root.children(recursive=True)]))


def _cpu_of(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def busy_seconds() -> float:
    """Of the whole machine, since it was started."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - times.iowait - times.guest - times.guest_nice


def settle(pid: int) -> None:
    """Wait until a server has worked off what clients that are gone have left in it."""
    deadline = time.monotonic() + SETTLE_PATIENCE
    before = cpu_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(PAUSE)
        now = cpu_seconds(pid)
        if now - before <= IDLE:
            return
        before = now


@dataclass(frozen=True)
class Memory:
    """Of one process, in megabytes."""

    resident: float  # with all that it shares with others
    proportional: float  # of what is shared only its part


def memory_of(process: psutil.Process) -> Memory:
    found = process.memory_full_info()
    return Memory(found.rss / 1e6, found.pss / 1e6)
