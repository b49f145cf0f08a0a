"""The command line, and the measuring."""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from ..postgres import OwnPostgres
from ..replaying.command import positive

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "neofi.settings",
    "LOG_LEVEL": "WARNING",
    "CONN_MAX_AGE": "1000000",  # one backend, whose time is told
    # On, and out of reach.
    "THROTTLE_USER": "1000000/min",
}


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="neofi-gains-"))
    try:
        with OwnPostgres() as postgres:
            os.environ |= ENVIRONMENT | {"DATABASE_URL": postgres.url, "VAR_DIR": str(folder)}
            text = table(measured(options.requests, options.rounds))
    finally:
        shutil.rmtree(folder)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")
    return 0


def measured(requests: int, rounds: int) -> dict[str, dict[str, float]]:
    """Of each switch, milliseconds of processor time for each scenario."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from .asking import Caller
    from .switches import SWITCHES

    caller = Caller()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    spent = processor_time(connection.connection.info.backend_pid)
    found = {switch: {} for switch in SWITCHES}
    for name, ask in caller.requests().items():
        runs = {switch: [] for switch in SWITCHES}
        for number in range(rounds):
            print(f"{name}, round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for switch, switched in SWITCHES.items():
                with switched():
                    runs[switch].append(cost_of(ask, requests, spent))
        for switch, costs in runs.items():
            found[switch][name] = statistics.median(costs)
    return found


def processor_time(backend: int) -> Callable[[], float]:
    """What tells the seconds that this process and that of PostgreSQL have spent."""
    postgres = psutil.Process(backend)

    def spent() -> float:
        times = postgres.cpu_times()
        return time.process_time() + times.user + times.system

    return spent


def cost_of(ask: Callable, requests: int, spent: Callable[[], float]) -> float:
    for _ in range(max(10, requests // 10)):
        ask()
    before = spent()
    for _ in range(requests):
        ask()
    return (spent() - before) / requests * 1000


def table(found: dict[str, dict[str, float]]) -> str:
    whole, *others = found.items()
    names = list(whole[1])
    lines = [f"| | {' | '.join(names)} |", f"|---{'|---:' * len(names)}|"]
    lines.append(f"| ms | {' | '.join(f'{whole[1][name]:.2f}' for name in names)} |")
    for switch, costs in others:
        ratios = " | ".join(f"{costs[name] / whole[1][name]:.2f}" for name in names)
        lines.append(f"| {switch} | {ratios} |")
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gains.py",
        description="What requests cost in this process and PostgreSQL, and how many times that "
        "without each means of being fast.",
    )
    parser.add_argument("--requests", type=positive, default=200, metavar="N", help="in each run")
    parser.add_argument("--rounds", type=positive, default=5, metavar="N", help="medians are told")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table, as it is printed")
    return parser
