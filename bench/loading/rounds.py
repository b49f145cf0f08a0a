"""The whole run: round after round, every scenario, the servers in turn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import fixed, once
from .figures import RATIOS
from .measuring import Bench, Run
from .report import Report, progress_of
from .scenarios import SCENARIOS
from .targets import EVENTS, FEW_EVENTS
from .turns import turn
from .world import World, whole_world

FIGURES = {"memory": once.memory, "start": once.start}
NAMES = [*RATIOS, *FIGURES]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Rounds:
    world: World
    bench: Bench
    lock: Path
    report: Report
    short: bool
    say: Say

    def measure(self, names: list[str]) -> None:
        """One after the other, so that a machine that gets slower does so for both servers."""
        count = self.report.rounds
        for number in range(1, count + 1):
            for name in names:
                for run in self._runs_of(name):
                    self.report.runs.append(run)
                    self.say(f"{number}/{count} {progress_of(run)}")
                    for fault in run.faults:
                        self.say(f"!!!!!!!! {run.target} {run.scenario}: {fault}")

    def measure_once(self, names: list[str]) -> None:
        server = self.world.ours.server
        for name in names:
            with turn(self.lock):
                for figure in FIGURES[name](server) if name in FIGURES else ():
                    self.report.figures.append(figure)
                    self.say(f"{figure.name}: {figure.value:.2f} {figure.unit}")
                if name == "login":
                    self.report.hash_ms = once.hash_ms(server)

    def _runs_of(self, name: str) -> Iterator[Run]:
        if name in fixed.WORKS:
            with turn(self.lock):
                work = fixed.WORKS[name](self.world.ours, self.short)
                yield fixed.measure_work(self.bench, self.world.ours, work)
        for scenario in SCENARIOS:
            if scenario.name != name:
                continue
            for target in [self.world.ours] if scenario.ours_only else self.world.targets:
                with turn(self.lock):
                    run = self.bench.measure(target, scenario, self.report.pressure)
                yield run


def measure_all(names: list[str], lock: Path, report: Report, *, short: bool, say: Say) -> None:
    names = with_references(names)
    with whole_world(lock, FEW_EVENTS if short else EVENTS, say) as world:
        bench = Bench(world.folder, world.postgres.pid)
        rounds = Rounds(world, bench, lock, report, short, say)
        try:
            rounds.measure(names)
            rounds.measure_once(names)
        except Exception:
            say(world.ours.server.last_words())
            raise


def with_references(names: list[str]) -> list[str]:
    """Those chosen, and those whose figures they are held against."""
    wanted = set(names) | {RATIOS[name][1] for name in names if name in RATIOS}
    return [name for name in NAMES if name in wanted]
