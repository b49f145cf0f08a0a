"""One run of one scenario against one server: what is looked at before, and what is measured."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from . import usage
from .requests import Load
from .scenarios import LOGINS, Scenario
from .targets import Target
from .wrk import Result, Wrk

LOOKED_AT = 3  # requests that are sent by hand before each run
HEAD_START = 0.5  # seconds: of those whose flood is measured, on those who suffer it
numbers = itertools.count()


@dataclass(frozen=True)
class Pressure:
    """How hard, and how long."""

    connections: int
    seconds: int
    warm_up: int  # seconds


@dataclass
class Run:
    scenario: str
    target: str
    rate: float  # per second
    count: int
    app_ms: float | None  # processor time of one, in the server's processes
    postgres_ms: float | None
    p50: float | None = None  # milliseconds
    p99: float | None = None
    longest: float | None = None
    bytes: float | None = None  # of an answer
    strangers: float = 0.0  # cores that worked for none of those who take part
    faults: list[str] = field(default_factory=list)


@dataclass
class Spent:
    """Seconds of processors, and seconds."""

    app: float = 0.0
    postgres: float = 0.0
    machine: float = 0.0
    lasted: float = 0.0

    def per(self, count: int) -> dict[str, float]:
        share = 1000 / max(count, 1)
        return {"app_ms": self.app * share, "postgres_ms": self.postgres * share}

    def strangers(self, known: float) -> float:
        return (self.machine - self.app - self.postgres - known) / self.lasted


@contextmanager
def watched(app: int, postgres: int) -> Iterator[Spent]:
    """Filled in at the end of the block."""
    spent, began = Spent(), time.monotonic()
    before = [usage.cpu_seconds(app), usage.cpu_seconds(postgres), usage.busy_seconds()]
    yield spent
    after = [usage.cpu_seconds(app), usage.cpu_seconds(postgres), usage.busy_seconds()]
    differences = [late - early for late, early in zip(after, before, strict=True)]
    spent.app, spent.postgres, spent.machine = differences
    spent.lasted = time.monotonic() - began


@dataclass
class Bench:
    """Everything that a measurement needs to know besides what it measures."""

    folder: Path
    postgres: int  # process id

    def measure(self, target: Target, scenario: Scenario, pressure: Pressure) -> Run:
        faults = looked_at(target, scenario)
        connections = scenario.connections or pressure.connections
        seconds = max(pressure.seconds, scenario.seconds)
        if pressure.warm_up:
            load = scenario.load(target)
            self._run(target, load, connections, pressure.warm_up).result()
            usage.settle(target.server.pid)
        versions = written(target, scenario)
        load = scenario.load(target)  # again: the warm-up has made versions
        with (
            self._flood(target, scenario, seconds, faults),
            watched(target.server.pid, self.postgres) as spent,
        ):
            result = self._run(target, load, connections, seconds).result()
        usage.settle(target.server.pid)
        faults += result.faults
        made = written(target, scenario) - versions
        if scenario.writer is not None and made < result.requests:
            faults.append(f"{result.requests} requests made but {made} versions")
        return run_of(scenario, target, result, spent, faults)

    def _run(self, target: Target, load: Load, connections: int, seconds: int) -> Wrk:
        script = self.folder / f"{next(numbers)}.lua"
        return Wrk(target.server.url, load, script, connections=connections, seconds=seconds)

    @contextmanager
    def _flood(
        self, target: Target, scenario: Scenario, seconds: int, faults: list[str]
    ) -> Iterator[None]:
        """Other clients who ask for something else meanwhile."""
        if scenario.beside is None:
            yield
            return
        flood = self._run(target, scenario.beside(target), LOGINS, seconds + 1)
        time.sleep(HEAD_START)
        try:
            yield
            faults += [f"beside it: {fault}" for fault in flood.result().faults]
        finally:
            flood.stop()


def looked_at(target: Target, scenario: Scenario) -> list[str]:
    """What is wrong with a few answers: wrk alone would take a redirect for work done."""
    items = scenario.load(target).items[:LOOKED_AT]
    answers = [item.next.send(target.http, next(numbers), item.version) for item in items]
    told = [fault_of(answer, scenario.status, scenario.right) for answer in answers]
    return [fault for fault in told if fault]


def fault_of(answer: httpx.Response, status: int, right: Callable[[Any], bool]) -> str | None:
    said = f"{answer.status_code} {answer.text[:300]!r}"
    if answer.status_code != status:
        return f"answered {said} in place of {status}"
    try:
        as_asked = right(orjson.loads(answer.content) if answer.content else None)
    except (LookupError, TypeError, ValueError):
        as_asked = False
    return None if as_asked else f"not what was asked for: {said}"


def written(target: Target, scenario: Scenario) -> int:
    """How many versions there are of what the scenario writes."""
    return 0 if scenario.writer is None else sum(target.versions(scenario.writer).values())


def run_of(
    scenario: Scenario, target: Target, result: Result, spent: Spent, faults: list[str]
) -> Run:
    # In a flood nobody can tell whose time it is.
    costs = spent.per(result.requests) if not scenario.beside else dict.fromkeys(spent.per(1))
    return Run(
        scenario.name,
        target.name,
        rate=result.requests / (result.microseconds / 1e6),
        count=result.requests,
        p50=result.p50 / 1000,
        p99=result.p99 / 1000,
        longest=result.longest / 1000,
        bytes=result.bytes / max(result.requests, 1),
        strangers=spent.strangers(result.cpu),
        faults=faults,
        **costs,
    )
