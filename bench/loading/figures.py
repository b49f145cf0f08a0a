"""From the runs to a judgement: medians, what they are held against, and whether they reach it."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from .measuring import Run
from .once import Figure

SLACK = 1.5  # of a p99, beyond what the ratio of the rates accounts for
DELAYED_ACK = 30  # milliseconds: Linux holds an acknowledgement back for 40
SAME = 0.95  # "no slower", on a machine that is never quite still
HASH_SHARE = 0.8  # of what a login costs
UNSTARVED = 5.0  # times p99 without a flood of logins

READ, WRITE = 0.40, 0.35
# The rate that each is held against, and how much of it is enough.
RATIOS = {
    "get_one": ("limit", "get_one", READ),
    "list_page": ("limit", "list_page", READ),
    "list_page_deep": ("limit", "list_page_deep", READ),
    "changelog": ("limit", "changelog", READ),
    "diff": ("limit", "diff", READ),
    "create": ("limit", "create", WRITE),
    "update": ("limit", "update", WRITE),
    "not_modified": ("limit", "get_one", 0.45),
    "batch": ("limit", "create", 2.0),
    "rollback": ("ours", "update", 1 / 1.5),
    "merge": ("ours", "update", 1 / 1.5),
    "lone_1": ("limit", "lone_1", None),
    "lone_2": ("limit", "lone_2", None),
    "flood": ("ours", "get_one", None),
    "login": (None, None, None),
}
LONE = {"lone_1", "lone_2"}
# The tail is only compared with that of the very same scenario.
WITH_TAIL = {name for name, (target, of, _) in RATIOS.items() if (target, of) == ("limit", name)}


@dataclass(frozen=True)
class Median:
    rate: float
    p50: float | None
    p99: float | None
    app_ms: float | None
    postgres_ms: float | None


@dataclass(frozen=True)
class Check:
    what: str
    value: float
    bar: float
    at_most: bool = True
    unit: str = ""

    @property
    def passed(self) -> bool:
        return self.value <= self.bar if self.at_most else self.value >= self.bar


@dataclass(frozen=True)
class Row:
    scenario: str
    against: str
    ours: Median
    reference: Median | None
    checks: list[Check]

    @property
    def ratio(self) -> float | None:
        return self.ours.rate / self.reference.rate if self.reference else None


class Medians(dict[tuple[str, str], Median]):
    """By target and scenario."""

    def __init__(self, runs: Iterable[Run]) -> None:
        cells: dict[tuple[str, str], list[Run]] = {}
        for run in runs:
            cells.setdefault((run.target, run.scenario), []).append(run)
        names = Median.__dataclass_fields__
        super().__init__(
            (cell, Median(**{name: median(getattr(run, name) for run in found) for name in names}))
            for cell, found in cells.items()
        )


def median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def rows_of(runs: Iterable[Run]) -> list[Row]:
    medians = Medians(runs)
    return [row_of(medians, name) for name in RATIOS if ("ours", name) in medians]


def row_of(medians: Medians, name: str) -> Row:
    target, of, least = RATIOS[name]
    ours, reference = medians["ours", name], medians.get((target, of))
    row = Row(name, "" if of == name or not of else f"{target}: {of}", ours, reference, [])
    if reference and least:
        row.checks.append(Check(f"{name}: ratio", row.ratio, least, at_most=False))
    if name in LONE:
        row.checks.append(Check(f"{name}: p99", ours.p99, DELAYED_ACK, unit=" ms"))
    elif name in WITH_TAIL and reference:
        row.checks.append(Check(f"{name}: p99", ours.p99, tail_bar(row), unit=" ms"))
    return row


def tail_bar(row: Row) -> float:
    return SLACK * row.reference.p99 / row.ratio


def further_checks(runs: Iterable[Run], hash_ms: float | None) -> list[Check]:
    """What is held against figures of our own."""
    medians, checks = Medians(runs), []
    one, unchanged, flood, login = (
        medians.get(("ours", name)) for name in ("get_one", "not_modified", "flood", "login")
    )
    if one and unchanged:
        speed = unchanged.rate / one.rate
        checks.append(Check("a 304 to a 200: rate", speed, SAME, at_most=False))
    if one and flood:
        checks.append(
            Check("a flood of logins: p99 to that without", flood.p99 / one.p99, UNSTARVED)
        )
    if login and hash_ms:
        share = hash_ms / (login.app_ms + login.postgres_ms)
        checks.append(Check("the hash in a login: share", share, HASH_SHARE, at_most=False))
    return checks


def checks_of(figures: Iterable[Figure]) -> list[Check]:
    return [
        Check(figure.name, figure.value, figure.bar, unit=f" {figure.unit}")
        for figure in figures
        if figure.bar is not None
    ]
