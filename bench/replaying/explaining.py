"""What the answers to writes of one event say happened, and whether it can have happened so.

Nobody knows in which order the writes arrived, but each answer names the version that it made or
met. So there is one order only that can explain them all, and every answer must be what the merge
comes to at its place in it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from .client import UnexpectedAnswer
from .comparing import Difference, compare_content, compare_event, unlike
from .contention import Wish
from .mapping import Content
from .predicting import Prediction, Resolve, predict
from .story import Story, Told


@dataclass(frozen=True)
class Asked:
    """A wish as it was sent, and what came back."""

    wish: Wish
    base_version: int
    answer: httpx.Response
    resolve: Resolve | None = None

    @property
    def refused(self) -> bool:
        return self.answer.status_code == 409

    @property
    def change_set(self) -> str | None:
        return self.answer.headers.get("X-Change-Set")

    @property
    def version(self) -> int:
        """The one that it made or, where it made none, met."""
        return self.answer.json()["current_version" if self.refused else "version"]


class Explainer:
    """Goes on with the story by what was written, and counts what happened."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()

    def explain(self, story: Story, asked: list[Asked]) -> Iterator[Difference]:
        written = [one for one in asked if one.change_set and not one.refused]
        written.sort(key=lambda one: one.version)
        got, first = [one.version for one in written], len(story.versions) + 1
        if got != list(range(first, first + len(got))):
            # What follows would stand on nothing.
            raise UnexpectedAnswer(f"the acknowledged writes from version {first} on made {got}")
        for one in written:
            yield from self._written(story, one)
        for one in asked:
            if one.refused:
                yield from self._refused(story, one)
            elif not one.change_set:
                yield from self._quiet(story, one)

    def _written(self, story: Story, one: Asked) -> Iterator[Difference]:
        met = len(story.versions)
        where = f"a write from version {one.base_version} that made {one.version}"
        content = predicted(story, one, met).content
        yield from unlike(f"{where}, whether it changed anything", True, content != story.content)
        told = Told(one.change_set, merged_from(one, met), one.answer.headers.get("ETag"))
        story.add_version("updated", one.wish.editor, content, told)
        yield from compare_answer(where, story, one, met)
        self.tally["written"] += 1
        self.tally["merged"] += told.merged_from is not None

    def _quiet(self, story: Story, one: Asked) -> Iterator[Difference]:
        """Taken, and no version made: it must have changed nothing of the version that it met."""
        where = f"a write from version {one.base_version} that met {one.version} and made none"
        content = predicted(story, one, one.version).content
        yield from compare_content(where, content, story.versions[one.version - 1].content)
        yield from compare_answer(where, story, one, one.version)
        self.tally["changed nothing"] += 1

    def _refused(self, story: Story, one: Asked) -> Iterator[Difference]:
        where = f"a write from version {one.base_version} that met {one.version}"
        problem, clashes = one.answer.json(), predicted(story, one, one.version).clashes
        got = sorted(problem.get("conflicts", []), key=lambda row: row["field"])
        yield from unlike(f"{where}, code", "merge_conflict", problem["code"])
        yield from unlike(f"{where}, whether it clashed", bool(clashes), True)
        yield from unlike(f"{where}, conflicts", clashes, got)
        self.tally["conflicts"] += 1


def predicted(story: Story, one: Asked, met: int) -> Prediction:
    base, current = (content_at(story, version) for version in (one.base_version, met))
    return predict(base, current, one.wish.yours, one.resolve)


def content_at(story: Story, version: int) -> Content:
    return story.versions[version - 1].content


def merged_from(one: Asked, met: int) -> int | None:
    return one.base_version if one.base_version < met else None


def compare_answer(where: str, story: Story, one: Asked, met: int) -> Iterator[Difference]:
    """The answer of a write that was taken. `met` is the version that it found."""
    event = one.answer.json()
    clashes = [] if one.resolve else predicted(story, one, met).clashes
    yield from unlike(f"{where}, clashes that it should have been told of", [], clashes)
    yield from compare_event(where, content_at(story, one.version), one.version, event)
    yield from unlike(f"{where}, merged_from", merged_from(one, met), event.get("merged_from"))
    role = "owner" if one.wish.editor == story.owner else "editor"
    yield from unlike(f"{where}, role", role, event["role"])
