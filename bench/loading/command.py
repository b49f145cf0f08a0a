"""The command line: what is measured, how often, and the exit status."""

import argparse
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import psycopg

from ..faulting.server import NotStarted
from ..replaying.client import UnexpectedAnswer
from ..replaying.command import positive
from . import rounds
from .figures import LONE
from .measuring import Pressure
from .report import Report, line_of
from .rounds import NAMES
from .turns import LOCK

ERRORS = (
    NotStarted,
    UnexpectedAnswer,
    RuntimeError,  # of wrk
    subprocess.CalledProcessError,
    httpx.HTTPError,
    psutil.Error,  # a server that is not there any more
    psycopg.Error,
)
RIGHT, WRONG, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
ALIASES = {"lone": LONE}


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    if shutil.which("wrk") is None:
        say("This needs wrk, a load generator: apt-get install wrk")
        return UNUSABLE
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, interrupt)
    report = Report(pressure_of(options), 1 if options.short else options.rounds)
    try:
        rounds.measure_all(options.scenarios, options.lock, report, short=options.short, say=say)
        complete = True
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except ERRORS as error:
        say(f"The run ended early: {error!r}\n{error}")
        complete = False
    tell(options, report)
    missed = report.missed and not options.short
    return WRONG if report.faults or missed or not complete else RIGHT


def tell(options: argparse.Namespace, report: Report) -> None:
    text = report.markdown()
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")
    if options.json:
        report.write_json(options.json)
    for check in report.missed:
        say(f"missed: {line_of(check)}")
    if report.faults:
        say("\n".join(["!!!!!!!! THESE FIGURES ARE NO GOOD:", *report.faults]))


def pressure_of(options: argparse.Namespace) -> Pressure:
    if options.short:
        return Pressure(options.connections, seconds=1, warm_up=0)
    return Pressure(options.connections, options.seconds, warm_up=1)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="load.py",
        description="Measures a server of its own, beside the least that could do its job.",
        epilog="Exit status: 0 every bar is reached, 1 one is missed or an answer was wrong, "
        "2 wrk is not there.",
    )
    parser.add_argument(
        "--scenarios", type=names, default=NAMES, metavar="NAMES", help=", ".join(NAMES)
    )
    parser.add_argument("--rounds", type=positive, default=3, metavar="N", help="(default: 3)")
    parser.add_argument(
        "--seconds", type=positive, default=3, metavar="N", help="of each run (default: 3)"
    )
    parser.add_argument(
        "--connections", type=positive, default=16, metavar="N", help="(default: 16)"
    )
    parser.add_argument(
        "--short", action="store_true", help="all of it once for a second: no bars, only answers"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="every run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="the table, as it is printed")
    parser.add_argument(
        "--lock", type=Path, default=LOCK, metavar="FILE", help=f"held under load ({LOCK})"
    )
    return parser


def names(text: str) -> list[str]:
    given = text.split(",")
    chosen = [name for word in given for name in ALIASES.get(word, [word])]
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return chosen


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
