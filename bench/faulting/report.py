"""What a scenario did and found: for people, and as a table for the documentation."""

from collections import Counter
from dataclasses import dataclass, field

from .journal import Answer, Journal, Outcome
from .judging import Fault, Kind

LISTED = 8  # faults of a kind
HEAD = (
    "scenario",
    "clients",
    "seconds",
    "requests",
    "faults injected",
    "acknowledged",
    "unknown",
    "lost",
    "doubled",
    "otherwise wrong",
    "503",
    "other 5xx",
    "longest answer",
    "retries",
)


@dataclass
class Report:
    name: str
    clients: int
    journal: Journal = field(default_factory=Journal)
    seconds: float = 0.0
    injected: str = "none"
    faults: list[Fault] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What the markers of its writes begin with."""
        return f"{self.name}:"

    def cells(self) -> list[str]:
        journal, answers = self.journal, self.journal.answers
        done = journal.count(Outcome.DONE) + journal.count(Outcome.NOTHING)
        lost, doubled = self._count(Kind.LOST, Kind.TORN), self._count(Kind.DOUBLED)
        return [
            self.name,
            str(self.clients),
            f"{self.seconds:.0f}",
            f"{len(answers):,}",
            self.injected,
            f"{done:,}",
            f"{journal.count(Outcome.UNKNOWN):,}",
            str(lost),
            str(doubled),
            str(len(self.faults) - lost - doubled),
            f"{sum(answer.status == 503 for answer in answers):,}",
            str(sum(_is_other_5xx(answer) for answer in answers)),
            f"{journal.longest:.1f} s",
            f"{journal.retries:,}",
        ]

    def _count(self, *kinds: Kind) -> int:
        return sum(fault.kind in kinds for fault in self.faults)

    def lines(self) -> list[str]:
        """The figures, and of each kind of fault the most frequent ones."""
        lines = [f"  {figure}" for figure in self.figures]
        for kind in Kind:
            told = Counter(str(fault) for fault in self.faults if fault.kind == kind)
            lines += [f"  {count} times {fault}" for fault, count in told.most_common(LISTED)]
            if len(told) > LISTED:
                lines.append(f"  {kind}: and {len(told) - LISTED:,} others")
        return lines


def _is_other_5xx(answer: Answer) -> bool:
    return answer.status >= 500 and answer.status != 503


def table_of(reports: list[Report]) -> str:
    """Aligned, for a terminal."""
    rows = [list(HEAD), *(report.cells() for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def markdown_of(reports: list[Report]) -> str:
    """The table of docs/reliability.md, with what each scenario measured beside it."""
    rows = [list(HEAD), ["---"] * len(HEAD), *(report.cells() for report in reports)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    figures = [f"- {report.name}: {figure}" for report in reports for figure in report.figures]
    return "\n".join([*lines, "", *figures])
