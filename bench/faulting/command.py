"""The command line: which scenarios, in which form, and the exit status."""

import argparse
import signal
import sys
import time
from collections.abc import Callable

import httpx
import psycopg

from ..replaying.client import UnexpectedAnswer
from .report import Report, markdown_of, table_of
from .scenarios import bad_clients, counter, killing, mixed, outage
from .server import NotStarted
from .world import World, whole_world

RIGHT, WRONG, INTERRUPTED = 0, 1, 130
SCENARIOS: dict[str, Callable[[World, bool], Report]] = {
    "mixed": mixed.run,
    "cas": counter.run,
    "kill-worker": killing.kill_workers,
    "kill-server": killing.kill_servers,
    "kill-postgres": outage.run,
    "bad-clients": bad_clients.run,
}


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    reports: list[Report] = []
    began = time.monotonic()
    try:
        run_all(options, reports)
        complete = True
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except (NotStarted, UnexpectedAnswer, TimeoutError, httpx.HTTPError, psycopg.Error) as error:
        print(f"The run ended early: {error!r}\n{error}", file=sys.stderr)
        complete = False
    print(markdown_of(reports) if options.markdown else table_of(reports))
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    return RIGHT if complete and not any(report.faults for report in reports) else WRONG


def run_all(options: argparse.Namespace, reports: list[Report]) -> None:
    began = time.monotonic()
    with whole_world(durable=not options.forgetful) as world:
        print(f"started: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        for name in options.only:
            began = time.monotonic()
            try:
                report = SCENARIOS[name](world, not options.short)
            except Exception:
                print(world.server.last_words(), file=sys.stderr)
                raise
            reports.append(report)
            took = time.monotonic() - began
            lines = [f"{name}: {took:.0f} s with its verdict", *report.lines()]
            print("\n".join(lines), file=sys.stderr, flush=True)
            if report.faults:
                print(f"The server's log ends:\n{world.server.last_words()}", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="faults.py",
        description="Breaks a server of its own under load, then looks for what is lost.",
        epilog="Exit status: 0 nothing lost or wrong, 1 something, or it could not run.",
    )
    parser.add_argument("--short", action="store_true", help="all of it in under 150 seconds")
    parser.add_argument(
        "--only", type=names, default=list(SCENARIOS), metavar="NAMES", help=", ".join(SCENARIOS)
    )
    parser.add_argument("--markdown", action="store_true", help="the table for the documentation")
    parser.add_argument(
        "--forgetful",
        action="store_true",
        help="a PostgreSQL that acknowledges before it has written: kill-postgres must fail",
    )
    return parser


def names(text: str) -> list[str]:
    chosen = text.split(",")
    unknown = [name for name in chosen if name not in SCENARIOS]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return chosen


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
