"""The command line of the replay: its arguments, its phases in order, its exit status."""

import argparse
import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from .checking import Cast, Check, check_live, check_rollback, check_trashed, problems, read_trash
from .client import Api, UnexpectedAnswer
from .plan import BadData, Create, Plan, Share, Story, plan_of, read_edits
from .playing import Player, register_all
from .progress import Progress
from .summary import Report, summary_of

ROLLBACKS = 200
SAME, DIFFERENT, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    try:
        with options.data.open(encoding="utf-8") as lines:
            plan = plan_of(read_edits(lines, options.limit))
    except (OSError, UnicodeDecodeError, BadData) as error:
        return ended(UNUSABLE, f"{options.data}: {error}")
    progress = Progress(sys.stderr)
    api = Api(options.url, progress.say)
    replay = Replay(plan, api, progress, options.workers)
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


class Replay:
    def __init__(self, plan: Plan, api: Api, progress: Progress, workers: int) -> None:
        self.plan, self.api, self.progress, self.workers = plan, api, progress, workers
        self.cast = Cast(api, {})
        self.report = Report(plan)

    def run(self) -> int:
        try:
            self.register()
            self.play()
            self.check()
            self.roll_back()
            self.report.complete = True
        except UnexpectedAnswer as error:
            self.report.differences.append(str(error))
        except httpx.HTTPError as error:  # it was there at the start
            self.report.differences.append(f"the server stopped answering: {error!r}")
        self.progress.finish()
        print(summary_of(self.report, self.api))
        return DIFFERENT if self.report.differences else SAME

    def register(self) -> None:
        # Short, for user names are; six hexadecimal digits tell the runs on one server apart.
        run = secrets.token_hex(3)
        with self.phase("register", len(self.plan.editors)):
            for editor, account in register_all(self.api, self.plan.editors, run):
                self.cast.accounts[editor] = account
                self.progress.step()

    def play(self) -> None:
        player = Player(self.cast, self.plan)
        total = sum(edits_in(step) for step in self.plan.steps)
        with self.phase("play", total):
            for step in self.plan.steps:
                self.report.differences += player.play(step)
                self.progress.step(edits_in(step))

    def check(self) -> None:
        stories = self.plan.stories.values()
        live = [story for story in stories if not story.deleted]
        trashed = [story for story in stories if story.deleted]
        with self.phase("check", len(live) + len(trashed)):
            self.check_each(check_live, live)
            trash = read_trash(self.cast, {story.owner for story in trashed})
            self.check_each(check_trashed(trash), trashed)

    def roll_back(self) -> None:
        """Those with the longest history."""
        stories = [
            story
            for story in self.plan.stories.values()
            if len(story.versions) > 1 and not story.deleted
        ]
        stories.sort(key=lambda story: len(story.versions), reverse=True)
        chosen = stories[:ROLLBACKS]
        with self.phase("roll back", len(chosen)):
            self.check_each(check_rollback, chosen)
        self.report.rollbacks = len(chosen)

    def check_each(self, check: Check, stories: list[Story]) -> None:
        pool = ThreadPoolExecutor(self.workers)
        try:
            for found in pool.map(lambda story: problems(check, self.cast, story), stories):
                self.report.differences += found
                self.progress.step()
        except BaseException:
            self.api.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    @contextmanager
    def phase(self, name: str, total: int) -> Iterator[None]:
        self.progress.begin(name, total)
        started = time.monotonic()
        try:
            yield
        finally:
            self.report.seconds[name] = time.monotonic() - started


def edits_in(step: object) -> int:
    if isinstance(step, Create):
        return len(step.numbers)
    return 0 if isinstance(step, Share) else 1  # a share comes with the edit that needs it


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
