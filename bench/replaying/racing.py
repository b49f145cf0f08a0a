"""Plays what happens to one event as a script: many write at once, the refused ones settle it."""

from collections.abc import Generator, Iterable, Iterator
from functools import partial
from typing import Any

import httpx

from .checking import Cast, check_past, name_of, problems
from .client import UnexpectedAnswer
from .comparing import Difference, compare_event, unlike
from .contention import Life, Window, Wish
from .crowd import Act, Script
from .explaining import Asked, Explainer, content_at
from .predicting import Resolve, changes_between
from .story import Story, Told

Scenes = Generator[list[Act], list[Any], None]

EXPECTED = {"GET": (200,), "POST": (201,), "PATCH": (200, 409), "DELETE": (204,)}


class Race:
    """All scripts share one of these. Their own code runs in one thread: see `crowd`."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.explainer = Explainer()
        self.tally = self.explainer.tally
        self.found: list[str] = []

    def live(self, story: Story, life: Life) -> Script:
        """All that happens to a conference after its create."""
        for window in life.windows:
            yield from self._share(story, window.newcomers)
            yield from self.play(story, window)
        if life.asked is not None:
            yield from self._share(story, life.meet([life.asked]))
            yield from self._delete(story)

    def play(self, story: Story, window: Window) -> Scenes:
        """All wishes of the window at the same moment, then those that were refused, in order."""
        base = len(story.versions) - window.behind
        answers = yield [self._patch(story, wish, base) for wish in window.wishes]
        asked = [Asked(wish, base, got) for wish, got in zip(window.wishes, answers, strict=True)]
        self._explain(story, asked)
        for one in asked:
            if one.refused:
                # As if they had come in the order of the file: the last one has the last word.
                last = one.wish is window.wishes[-1]
                yield from self._settle(story, one, "mine" if last else "theirs")
        if window.after is not None and story.content != window.after:
            yield from self._put_right(story, Wish(window.wishes[-1].editor, window.after))
        if len(asked) > 1:
            yield from self._look(story)

    def _share(self, story: Story, newcomers: Iterable[str]) -> Scenes:
        for editor in newcomers:
            body = {"user": self.cast.accounts[editor].username, "role": "editor"}
            [answer] = yield [self._act(story, story.owner, "share", "POST", "share", json=body)]
            row = answer.json()
            got = {"user": row["user"]["username"], "role": row["role"]}
            self._note(story, unlike("answer to the share", body, got))
            story.add_share(editor, told_by(answer))

    def _delete(self, story: Story) -> Scenes:
        # In the trash its history is out of reach, so it is checked now.
        [found] = yield [partial(problems, check_past, self.cast, story)]
        self.found += found
        [answer] = yield [self._act(story, story.owner, "delete", "DELETE")]
        story.add_version("deleted", story.owner, story.content, told_by(answer))

    def _settle(self, story: Story, refused: Asked, resolve: Resolve) -> Scenes:
        wish, base = refused.wish, refused.base_version
        [answer] = yield [self._patch(story, wish, base, resolve)]
        if answer.status_code != 200:
            raise UnexpectedAnswer(f"{self._name(story)}: resolve={resolve}: {answer.text[:500]}")
        self._explain(story, [Asked(wish, base, answer, resolve)])
        self.tally[f"settled as {resolve}"] += 1

    def _put_right(self, story: Story, wish: Wish) -> Scenes:
        """What the file says and no merge comes to is written by somebody who looked first."""
        base = len(story.versions)
        [answer] = yield [self._patch(story, wish, base)]
        self._explain(story, [Asked(wish, base, answer)])
        self.tally["put right"] += 1

    def _look(self, story: Story) -> Scenes:
        """Its last author is given what the last answer gave, tag and all."""
        last, where = story.versions[-1], "event after the race"
        [answer] = yield [self._act(story, last.by, "event", "GET")]
        self._note(story, compare_event(where, last.content, len(story.versions), answer.json()))
        if last.told.etag is not None:
            self._note(story, unlike(f"{where}, ETag", last.told.etag, answer.headers.get("ETag")))

    def _patch(self, story: Story, wish: Wish, base: int, resolve: Resolve | None = None) -> Act:
        # An edit that changes nothing is sent whole: it is for the server to see that.
        changes = changes_between(content_at(story, base), wish.yours) or wish.yours
        body = {**changes, "base_version": base}
        kind, params = ("settle", {"resolve": resolve}) if resolve else ("update", {})
        return self._act(story, wish.editor, kind, "PATCH", json=body, params=params)

    def _act(
        self, story: Story, editor: str, kind: str, method: str, *rest: str, **more: Any
    ) -> Act:
        account, path = self.cast.accounts[editor], self.cast.path(story.number, *rest)
        send = self.cast.api.answer
        return partial(send, account, kind, method, path, expect=EXPECTED[method], **more)

    def _explain(self, story: Story, asked: list[Asked]) -> None:
        try:
            self._note(story, self.explainer.explain(story, asked))
        except UnexpectedAnswer as error:
            raise UnexpectedAnswer(f"{self._name(story)}: {error}") from error

    def _note(self, story: Story, differences: Iterable[Difference]) -> None:
        self.found += [f"{self._name(story)}: {difference}" for difference in differences]

    def _name(self, story: Story) -> str:
        return name_of(self.cast, story)


def told_by(answer: httpx.Response) -> Told:
    return Told(answer.headers["X-Change-Set"])


def used_twice(stories: Iterable[Story]) -> Iterator[str]:
    """Change sets that more than one write was given. The creates of a batch are one write."""
    stories = list(stories)
    seen = {story.log[0].told.change_set for story in stories}
    for story in stories:
        for row in story.log[1:]:
            if row.told.change_set in seen:
                yield f"conference {story.number}: change set {row.told.change_set} is not its own"
            seen.add(row.told.change_set)
