"""What was measured: as a table in Markdown, as lines for a terminal, and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .figures import Check, Row, checks_of, further_checks, rows_of
from .measuring import Pressure, Run
from .once import Figure

HEAD = (
    "scenario",
    "ours/s",
    "limit/s",
    "ratio",
    "bar",
    "p50 ms",
    "p99 ms",
    "p99 bar",
    "app CPU ms",
    "limit's",
    "PG CPU ms",
    "limit's",
    "",
)


@dataclass
class Report:
    pressure: Pressure
    rounds: int
    runs: list[Run] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    hash_ms: float | None = None

    @property
    def faults(self) -> list[str]:
        return [
            f"{run.target} {run.scenario}: {fault}" for run in self.runs for fault in run.faults
        ]

    @property
    def checks(self) -> list[Check]:
        of_rows = [check for row in rows_of(self.runs) for check in row.checks]
        return of_rows + further_checks(self.runs, self.hash_ms) + checks_of(self.figures)

    @property
    def missed(self) -> list[Check]:
        return [check for check in self.checks if not check.passed]

    def markdown(self) -> str:
        rows = [HEAD, ("---", *["---:"] * (len(HEAD) - 2), "---"), *map(cells, rows_of(self.runs))]
        parts = ["\n".join(f"| {' | '.join(row)} |" for row in rows)]
        parts += [lines] if (lines := "\n".join(self._lines())) else []
        return "\n\n".join([*parts, self._conditions()])

    def write_json(self, path: Path) -> None:
        checks = [asdict(check) | {"passed": check.passed} for check in self.checks]
        path.write_text(json.dumps(asdict(self) | {"checks": checks}, indent=1) + "\n")

    def _lines(self) -> list[str]:
        """What fits in no table."""
        told = [*further_checks(self.runs, self.hash_ms), *checks_of(self.figures)]
        lines = [f"- {line_of(check)}" for check in told]
        others = [figure for figure in self.figures if figure.bar is None]
        lines += [f"- {figure.name}: {figure.value:.2f} {figure.unit}" for figure in others]
        if self.hash_ms is not None:
            lines.append(f"- checking a password, and nothing else: {self.hash_ms:.0f} ms of CPU")
        return lines

    def _conditions(self) -> str:
        strangers = [run.strangers for run in self.runs if run.p50 is not None]
        others = f"{statistics.median(strangers):.2f}" if strangers else "unknown"
        return (
            f"Medians of {self.rounds} rounds of {self.pressure.seconds} s with "
            f"{self.pressure.connections} connections, on {os.cpu_count()} cores, Python "
            f"{platform.python_version()}. Cores that were busy with something else: {others}."
        )


def cells(row: Row) -> Sequence[str]:
    ours, limit = row.ours, row.reference
    ratio_bar = next((check.bar for check in row.checks if check.what.endswith("ratio")), None)
    p99_bar = next((check.bar for check in row.checks if check.what.endswith("p99")), None)
    verdict = "pass" if all(check.passed for check in row.checks) else "**FAIL**"
    return (
        f"{row.scenario} (to {row.against})" if row.against else row.scenario,
        number(ours.rate),
        number(limit and limit.rate),
        number(row.ratio),
        number(ratio_bar),
        number(ours.p50),
        number(ours.p99),
        number(p99_bar),
        number(ours.app_ms),
        number(limit and limit.app_ms),
        number(ours.postgres_ms),
        number(limit and limit.postgres_ms),
        verdict if row.checks else "",
    )


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def line_of(check: Check) -> str:
    how = "at most" if check.at_most else "at least"
    verdict = "pass" if check.passed else "**FAIL**"
    return (
        f"{check.what}: {number(check.value)}{check.unit}, "
        f"{how} {number(check.bar)}{check.unit}: {verdict}"
    )


def progress_of(run: Run) -> str:
    """One line for those who watch."""
    parts = [f"{run.scenario:14} {run.target:5} {run.rate:9,.1f}/s"]
    if run.p50 is not None:
        parts.append(f"p50 {run.p50:7.2f}  p99 {run.p99:7.2f} ms")
    if run.app_ms is not None:
        parts.append(f"CPU {run.app_ms:.2f} + {run.postgres_ms:.2f} ms")
    if run.p50 is not None:
        parts.append(f"strangers {run.strangers:.2f} cores")
    return "  ".join(parts)
