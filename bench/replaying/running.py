"""A run of the replay: its phases in order, with one client or with many."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import httpx

from .checking import Cast, Check, check_live, check_rollback, check_trashed, problems, read_trash
from .client import Api, UnexpectedAnswer, promised_form
from .contention import RUSHES, Life, rush_of
from .crowd import Crowd, Script
from .plan import Create, Plan, Share, Step
from .playing import Player, register_all
from .progress import Progress
from .racing import Race, used_twice
from .story import Story, Told
from .summary import Report, summary_of

ROLLBACKS = 200
SAME, DIFFERENT = 0, 1


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
        stories = [story for story in self.longest() if len(story.versions) > 1]
        chosen = stories[:ROLLBACKS]
        with self.phase("roll back", len(chosen)):
            self.check_each(check_rollback, chosen)
        self.report.rollbacks = len(chosen)

    def longest(self) -> list[Story]:
        """Those that are not in the trash, by how many versions they have."""
        stories = [story for story in self.plan.stories.values() if not story.deleted]
        return sorted(stories, key=lambda story: len(story.versions), reverse=True)

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


class ParallelReplay(Replay):
    """The same edits by many clients at once. What becomes of each event is told by the answers."""

    def __init__(self, *given, lives: list[Life], clients: int) -> None:
        super().__init__(*given)
        self.lives, self.clients = lives, clients
        self.race = Race(self.cast)
        self.report.clients, self.report.tally = clients, self.race.tally

    def play(self) -> None:
        self.create()
        stories = self.plan.stories
        with self.phase("edit", len(self.lives)):
            self.perform(self.race.live(stories[life.number], life) for life in self.lives)
        chosen = self.longest()[:RUSHES]
        with self.phase("rush", len(chosen)):
            windows = [(story, rush_of(story, self.clients)) for story in chosen]
            self.perform(self.race.play(story, window) for story, window in windows)
        self.report.rushes = len(chosen)
        self.report.differences += used_twice(stories.values())

    def create(self) -> None:
        """From here on a story is no more than what the server has acknowledged."""
        player = Player(self.cast, self.plan)
        creates = [step for step in self.plan.steps if isinstance(step, Create)]
        with self.phase("create", len(creates)):
            self.perform(self.one_act(partial(player.play, step)) for step in creates)
        for number, planned in self.plan.stories.items():
            story = Story(number, planned.owner)
            told = Told(self.cast.creates[number])
            story.add_version("created", story.owner, planned.versions[0].content, told)
            self.plan.stories[number] = story

    def one_act(self, act: Callable[[], list[str]]) -> Script:
        [found] = yield [act]
        self.race.found += found

    def perform(self, scripts: Iterable[Script]) -> None:
        crowd = Crowd(self.clients)
        try:
            with promised_form():
                for _ in crowd.perform(scripts):
                    self.progress.step()
        except BaseException:
            self.api.stop()
            raise
        finally:
            crowd.close()
            self.report.differences += self.race.found
            self.race.found.clear()


def edits_in(step: Step) -> int:
    if isinstance(step, Create):
        return len(step.numbers)
    return 0 if isinstance(step, Share) else 1  # a share comes with the edit that needs it
