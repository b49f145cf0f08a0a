"""The command line of the replay: its arguments and its exit status."""

import argparse
import sys
from pathlib import Path

import httpx

from .client import Api
from .contention import lives_of
from .plan import BadData, plan_of, read_edits
from .progress import Progress
from .running import ParallelReplay, Replay

UNUSABLE, INTERRUPTED = 2, 130  # 0 and 1 are those of a run


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    try:
        with options.data.open(encoding="utf-8") as lines:
            edits = read_edits(lines, options.limit)
        plan = plan_of(edits)
    except (OSError, UnicodeDecodeError, BadData) as error:
        return ended(UNUSABLE, f"{options.data}: {error}")
    progress = Progress(sys.stderr)
    api = Api(options.url, progress.say)
    given = (plan, api, progress, options.workers)
    replay = Replay(*given)
    if options.clients > 1:
        lives = lives_of(edits, options.clients)
        replay = ParallelReplay(*given, lives=lives, clients=options.clients)
    try:
        if not api.ready():
            return ended(UNUSABLE, f"{options.url} is not ready (GET /readyz)")
        return replay.run()
    except httpx.HTTPError as error:
        return ended(UNUSABLE, f"{options.url} cannot be reached: {error}")
    except KeyboardInterrupt:
        return ended(INTERRUPTED, "\ninterrupted")
    finally:
        api.http.close()


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="replay.py",
        description="Plays a file of edits through a running server, then checks everything.",
        epilog="Exit status: 0 no difference, 1 differences, 2 it could not run.",
    )
    parser.add_argument("--url", required=True, type=server_url, help="such as http://host:8000")
    parser.add_argument("--data", required=True, type=Path, help="edits, one JSON object a line")
    parser.add_argument("--limit", type=positive, metavar="N", help="only the first N edits")
    parser.add_argument(
        "--clients",
        type=positive,
        default=1,
        metavar="N",
        help="play the edits by N clients at once, each from its base_version (default: 1)",
    )
    parser.add_argument(
        "--workers", type=positive, default=4, metavar="N", help="threads that check (default: 4)"
    )
    return parser


def server_url(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if url.scheme not in ("http", "https") or not url.host:
        raise argparse.ArgumentTypeError(f"{text!r} is not an http(s) URL")
    return text


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def ended(status: int, message: str) -> int:
    print(message, file=sys.stderr)
    return status
