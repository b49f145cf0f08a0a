"""Reads back what the server remembers of each conference, and compares it with its story."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .client import Account, Api, UnexpectedAnswer, promised_form
from .comparing import (
    Difference,
    Row,
    compare_access,
    compare_changelog,
    compare_event,
    compare_history,
    compare_version,
    unlike,
)
from .story import Story


@dataclass
class Cast:
    """Who plays: the account of each editor, and the event of each conference.

    `creates` has the change set in which each event was made.
    """

    api: Api
    accounts: dict[str, Account]
    events: dict[int, str] = field(default_factory=dict)
    creates: dict[int, str] = field(default_factory=dict)

    @property
    def usernames(self) -> dict[str, str]:
        return {editor: account.username for editor, account in self.accounts.items()}

    def path(self, number: int, *rest: object) -> str:
        return "/".join(["/api/events", self.events[number], *map(str, rest)])

    def read(self, story: Story, kind: str, *rest: object, **more: Any) -> Any:
        """A GET by the owner, below the event of this story."""
        path = self.path(story.number, *rest)
        return self.api.call(self.accounts[story.owner], kind, "GET", path, **more)

    def rows(self, story: Story, kind: str) -> list[Row]:
        path = self.path(story.number, kind)
        return list(self.api.pages(self.accounts[story.owner], kind, path))


Check = Callable[[Cast, Story], Iterator[Difference]]


def problems(check: Check, cast: Cast, story: Story) -> list[str]:
    """What the check finds, one sentence each. A refused read is a finding like any other."""
    found: list[str] = []
    try:
        with promised_form():
            for difference in check(cast, story):
                found.append(str(difference))
    except UnexpectedAnswer as error:
        found.append(str(error))
    return [f"{name_of(cast, story)}: {sentence}" for sentence in found]


def name_of(cast: Cast, story: Story) -> str:
    return f'conference {story.number} "{story.content["title"]}" ({cast.events[story.number]})'


def check_live(cast: Cast, story: Story) -> Iterator[Difference]:
    event = cast.read(story, "event")
    yield from compare_event("event", story.content, len(story.versions), event)
    yield from unlike("event, owner", cast.usernames[story.owner], event["owner"]["username"])
    if story.editors:
        yield from compare_access(story, cast.rows(story, "permissions"), cast.usernames)
    yield from check_past(cast, story)


def check_past(cast: Cast, story: Story) -> Iterator[Difference]:
    usernames = cast.usernames
    yield from compare_history(story, cast.rows(story, "history"), usernames)
    yield from compare_changelog(story, cast.rows(story, "changelog"), usernames)
    for version in range(1, len(story.versions) + 1):
        got = cast.read(story, "version", "history", version)
        yield from compare_version(story, version, got, usernames)


def check_trashed(trash: dict[str, Row]) -> Check:
    """`trash` has the rows of all owners by id. Its past was checked before the delete."""

    def check(cast: Cast, story: Story) -> Iterator[Difference]:
        cast.read(story, "event in the trash", expect=404)
        row = trash.get(cast.events[story.number])
        if row is None:
            yield Difference("trash", "a row", None)
            return
        yield from compare_event("trash", story.content, len(story.versions), row)
        yield from unlike("trash, deleted_at is set", True, bool(row["deleted_at"]))

    return check


def read_trash(cast: Cast, owners: set[str]) -> dict[str, Row]:
    """An owner whose list cannot be read has no rows, which each of the checks then finds."""
    trash: dict[str, Row] = {}
    for owner in sorted(owners):
        with suppress(UnexpectedAnswer), promised_form():
            rows = cast.api.pages(cast.accounts[owner], "trash", "/api/events", deleted="true")
            trash.update((row["id"], row) for row in rows)
    return trash


def check_rollback(cast: Cast, story: Story) -> Iterator[Difference]:
    """Back to version 1, which makes a version exactly if there is something to take back."""
    first, last = story.versions[0], story.versions[-1]
    owner, version = cast.accounts[story.owner], len(story.versions)
    newest = [version, last.action, cast.usernames[last.by], None]
    if last.content != first.content:
        version += 1
        newest = [version, "rolled_back", owner.username, 1]
    path = cast.path(story.number, "rollback", 1)
    event = cast.api.call(owner, "rollback", "POST", path, json={})
    yield from compare_event("rolled back to version 1", first.content, version, event)
    page = cast.read(story, "history", "history", params={"page_size": 1})
    row = page["results"][0]
    got = [row["version"], row["action"], row["by"]["username"], row["source_version"]]
    yield from unlike("history after the rollback", newest, got)
