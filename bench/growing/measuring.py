"""The two worlds in turns: one request to the one, the same to the other, over and over."""

import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from ..faulting.server import ROOT, THROTTLES
from .requests import LARGE, Check
from .world import World

TIMES = 3  # a request, before it is the other world's turn


@dataclass
class Cost:
    """Milliseconds of a processor: the median of all, and PostgreSQL's part of it."""

    all: float
    database: float
    rows: list[int]


@dataclass
class Result:
    check: Check
    cost: Cost
    base: Cost

    @property
    def ratio(self) -> float:
        return self.cost.all / self.base.all

    @property
    def fault(self) -> str | None:
        if self.check.same_answer and self.cost.rows != self.base.rows:
            return f"{self.cost.rows} rows, and {self.base.rows} in the small world"
        return None

    @property
    def passed(self) -> bool:
        quick = self.cost.all <= self.check.limit
        return self.ratio <= self.check.bar and quick and not self.fault


def environment_of(url: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "neofi.settings",
        "DATABASE_URL": url,
        "VAR_DIR": str(folder),
        "HISTORY_KEY": "",
        "LOG_LEVEL": "WARNING",
        "CONN_MAX_AGE": "1000000",  # one backend, whose time is told
        # Its helpers would be other processes than the one that is looked at.
        "PGOPTIONS": "-c max_parallel_workers_per_gather=0",
        **{f"THROTTLE_{name}": "none" for name in THROTTLES},
    }


class Worker:
    """A process that answers in one world."""

    def __init__(self, url: str, world: World, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.growing.worker", *map(str, astuple(world))],
            cwd=ROOT,
            env=environment_of(url, folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C is ours
        )
        self._answer()

    def run(self, name: str, times: int = TIMES) -> dict:
        self._process.stdin.write(json.dumps({"name": name, "times": times}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a worker has ended: see above")
        return json.loads(line)

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def measure(
    workers: dict[str, Worker],
    checks: Sequence[Check],
    rounds: int,
    say: Callable[[str], None],
    *,
    warm_up: bool = True,
) -> list[Result]:
    costs: dict[tuple[str, str], list] = defaultdict(list)
    rows: dict[tuple[str, str], set] = defaultdict(set)
    for number in range(-1 if warm_up else 0, rounds):  # what is cold is not counted
        for check in checks:
            for place in ((LARGE, check.name), (check.base_world, check.base)):
                answer = workers[place[0]].run(place[1])
                if number >= 0:
                    costs[place] += answer["costs"]
                    rows[place] |= set(answer["rows"])
        say(f"round {number + 1} of {rounds}")
    found = {place: _cost(costs[place], rows[place]) for place in costs}
    return [
        Result(check, found[LARGE, check.name], found[check.base_world, check.base])
        for check in checks
    ]


def _cost(costs: list, rows: set) -> Cost:
    return Cost(
        statistics.median(map(sum, costs)), statistics.median(c[1] for c in costs), sorted(rows)
    )
