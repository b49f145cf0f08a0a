"""The command line: how large, how often, and the exit status."""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from neofi.embedded.errors import EmbeddedPostgresError

from ..loading.turns import LOCK, turn
from ..postgres import OwnPostgres
from ..replaying.command import positive
from . import databases, report
from .measuring import Result, Worker, measure
from .requests import CHECKS, LARGE, SMALL, Check
from .world import World

MET, MISSED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
ERRORS = (
    RuntimeError,  # of a worker
    EmbeddedPostgresError,
    subprocess.CalledProcessError,  # of migrate
    psycopg.Error,  # a full disk, say
)
SHORT = 0.01
# What is asked for would not fill a page of a smaller world.
SMALLEST = 0.005


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    try:
        results = run(options)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except ERRORS as error:
        say(f"The run ended early: {error!r}")
        return UNUSABLE
    print(report.markdown(results) if options.markdown else report.text(results))
    if options.json:
        report.write_json(results, options.json)
    return MISSED if any(failed(result, options.short) for result in results) else MET


def failed(result: Result, short: bool) -> bool:
    return bool(result.fault) if short else not result.passed


def run(options: argparse.Namespace) -> list[Result]:
    scale, rounds = (SHORT, 1) if options.short else (options.scale, options.rounds)
    worlds = {LARGE: World.of(scale), SMALL: World.of(max(scale / 100, SMALLEST))}
    with workers_of(worlds, options) as workers, turn(options.lock):
        return measure(workers, options.only, rounds, say, warm_up=not options.short)


@contextmanager
def workers_of(worlds: dict[str, World], options: argparse.Namespace) -> Iterator[dict]:
    """A worker for each world, in a database of its own; all of it removed at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="neofi-growth-")))
        folder.chmod(0o711)
        postgres = stack.enter_context(OwnPostgres(durable=not options.forgetful))
        workers = {}
        for name, world in worlds.items():
            began = time.monotonic()
            databases.make(postgres, name, world, folder, say)
            say(f"{name}: {world.events:,} events, {time.monotonic() - began:.0f} s")
            workers[name] = Worker(postgres.url_of(name), world, folder)
            stack.callback(workers[name].stop)
        yield workers


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="growth.py",
        description="Measures requests in a large world, and in a hundredth of it.",
        epilog="Exit status: 0 every bar is met, 1 one is missed, 2 it could not run.",
    )
    parser.add_argument("--scale", type=scale, default=1, help="of both worlds, from 0.01 to 1 (1)")
    parser.add_argument("--rounds", type=positive, default=20, metavar="N", help="(20)")
    parser.add_argument(
        "--only", type=checks, default=CHECKS, metavar="NAMES", help="by beginnings"
    )
    parser.add_argument(
        "--short", action="store_true", help="a small world, once: no bars, only answers"
    )
    parser.add_argument("--markdown", action="store_true", help="the table for the documentation")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure")
    parser.add_argument("--lock", type=Path, default=LOCK, metavar="FILE", help=f"({LOCK})")
    parser.add_argument(
        "--forgetful", action="store_true", help="a PostgreSQL that waits for no disk: quicker"
    )
    return parser


def scale(text: str) -> float:
    found = float(text)
    if not 0.01 <= found <= 1:
        raise argparse.ArgumentTypeError("a world needs room for what is asked of it: 0.01 to 1")
    return found


def checks(text: str) -> Sequence[Check]:
    chosen = [check for check in CHECKS if check.name.startswith(tuple(text.split(",")))]
    if not chosen:
        names = ", ".join(check.name for check in CHECKS)
        raise argparse.ArgumentTypeError(f"none of: {names}")
    return chosen


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
