"""What was measured: a table for a terminal or for the documentation, and JSON."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from .measuring import Result
from .requests import LARGE

HEAD = ("request", "ms", "in the small", "ratio", "bar", "PG ms", "in the small", "")


def markdown(results: Sequence[Result]) -> str:
    rows = [HEAD, ("---", *["---:"] * (len(HEAD) - 2), "---"), *map(cells, results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def text(results: Sequence[Result]) -> str:
    rows = [HEAD, *map(cells, results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    )


def cells(result: Result) -> tuple[str, ...]:
    check = result.check
    name = check.name
    if check.base_world == LARGE:
        name += f" (to {check.base})"
    bar = "-" if math.isinf(check.bar) else f"{check.bar:.1f}"
    if not math.isinf(check.limit):
        bar = f"{check.limit:,.0f} ms"
    verdict = "pass" if result.passed else result.fault or "**FAIL**"
    return (
        name,
        f"{result.cost.all:.2f}",
        f"{result.base.all:.2f}",
        f"{result.ratio:.2f}",
        bar,
        f"{result.cost.database:.2f}",
        f"{result.base.database:.2f}",
        verdict if bar != "-" else "",
    )


def write_json(results: Sequence[Result], path: Path) -> None:
    rows = [asdict(result) | {"ratio": result.ratio, "passed": result.passed} for result in results]
    for row in rows:
        if math.isinf(row["check"]["bar"]):
            row["check"]["bar"] = None  # JSON has no infinity
        if math.isinf(row["check"]["limit"]):
            row["check"]["limit"] = None
    path.write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n")
