"""What is measured once, beside the load: memory, the time of a start, the cost of a password."""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from . import usage
from .servers import ROOT, OurServer

MEMORY = 120  # megabytes of a worker, at most
START = 5  # seconds, at most
STARTS = 3
# In a process of its own, with the settings of the server.
HASHING = """
import time
import django
django.setup()
from neofi import heap
heap.keep_little()  # as the server does, which gives back the memory of each hash
from django.contrib.auth.hashers import check_password, make_password
kept = make_password("of nobody")
began = time.process_time()
for _ in range(10):
    check_password("of nobody", kept)
print((time.process_time() - began) * 100)
"""


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    bar: float | None = None  # at most


def memory(server: OurServer) -> Iterator[Figure]:
    """Of each worker, as it is now."""
    for number, worker in enumerate(server.workers(), 1):
        found = usage.memory_of(worker)
        yield Figure(f"worker {number}: resident", found.resident, "MB", MEMORY)
        yield Figure(f"worker {number}: its share", found.proportional, "MB")


def start(server: OurServer) -> Iterator[Figure]:
    """Of the server, on the data that it has, and of commands. Leaves it running."""
    seconds = []
    for _ in range(STARTS):
        server.stop()
        seconds.append(server.seconds_to_start())
    yield Figure("start to first answer", statistics.median(seconds), "s", START)
    for command in (["check"], ["tidy", "--verbosity", "0"]):
        seconds = [server.seconds_of(*command) for _ in range(STARTS)]
        yield Figure(f"manage.py {command[0]}", statistics.median(seconds), "s")


def hash_ms(server: OurServer) -> float:
    """The processor time of checking one password, and of nothing else."""
    environment = server.environment | {"DJANGO_SETTINGS_MODULE": "neofi.settings"}
    done = subprocess.run(
        [sys.executable, "-c", HASHING],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)
