"""What a file of edits asks the server to do, and what must be there afterwards. No HTTP here."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .mapping import Conference, Content, content_of
from .story import Story

BATCH_LIMIT = 1000
USERNAME_LIMIT = 30


class BadData(Exception):
    """The file is not a list of edits that can be played."""


@dataclass(frozen=True)
class Edit:
    line: int
    editor: str
    op: str
    conference: int
    topic: str
    fields: dict[str, Any]


@dataclass
class Create:
    editor: str
    numbers: list[int]


@dataclass(frozen=True)
class Share:
    number: int
    editor: str


@dataclass(frozen=True)
class Update:
    number: int
    editor: str
    changes: Content
    version: int  # the one that the event is at afterwards


@dataclass(frozen=True)
class Delete:
    number: int


Step = Create | Share | Update | Delete


@dataclass
class Plan:
    """The steps in the order of the edits, and the story of each conference by its number."""

    steps: list[Step] = field(default_factory=list)
    stories: dict[int, Story] = field(default_factory=dict)
    editors: list[str] = field(default_factory=list)
    conferences: dict[int, Conference] = field(default_factory=dict)

    def add(self, edit: Edit) -> None:
        if edit.editor not in self.editors:
            self.editors.append(edit.editor)
        match edit.op:
            case "create":
                self._create(edit)
            case "update":
                self._update(edit)
            case "delete":
                self._delete(edit)

    def _create(self, edit: Edit) -> None:
        if edit.conference in self.stories:
            raise BadData(f"line {edit.line}: conference {edit.conference} is there already")
        story = Story(edit.conference, edit.editor)
        story.add_version("created", edit.editor, self._content_after(edit))
        self.stories[edit.conference] = story
        self._batch_of(edit.editor).numbers.append(edit.conference)

    def _batch_of(self, editor: str) -> Create:
        last = self.steps[-1] if self.steps else None
        if isinstance(last, Create) and last.editor == editor and len(last.numbers) < BATCH_LIMIT:
            return last
        batch = Create(editor, [])
        self.steps.append(batch)
        return batch

    def _update(self, edit: Edit) -> None:
        story = self._shared_story(edit)
        before, after = story.content, self._content_after(edit)
        changes = {name: value for name, value in after.items() if value != before[name]}
        if changes:
            story.add_version("updated", edit.editor, after)
        # An edit that changes nothing is sent whole: it is for the server to see that.
        version = len(story.versions)
        self.steps.append(Update(story.number, edit.editor, changes or after, version))

    def _delete(self, edit: Edit) -> None:
        # Deleting is the owner's to do, so the history names the owner, not who asked for it.
        story = self._shared_story(edit)
        story.add_version("deleted", story.owner, story.content)
        self.steps.append(Delete(story.number))

    def _shared_story(self, edit: Edit) -> Story:
        story = self.stories.get(edit.conference)
        if story is None or story.deleted:
            state = "deleted already" if story else "unknown"
            raise BadData(f"line {edit.line}: {edit.op} of conference {edit.conference}: {state}")
        if edit.editor not in (story.owner, *story.editors):
            story.add_share(edit.editor)
            self.steps.append(Share(story.number, edit.editor))
        return story

    def _content_after(self, edit: Edit) -> Content:
        after = edited(self.conferences.get(edit.conference, {}), edit)
        self.conferences[edit.conference] = after
        return content_of(after)


def edited(before: Conference, edit: Edit) -> Conference:
    after = {**before, **edit.fields, "topic": edit.topic}
    # A null drops the field.
    return {name: value for name, value in after.items() if value is not None}


def plan_of(edits: Iterable[Edit]) -> Plan:
    plan = Plan()
    for edit in edits:
        plan.add(edit)
    return plan


def read_edits(lines: Iterable[str], limit: int | None = None) -> list[Edit]:
    edits: list[Edit] = []
    for number, line in enumerate(lines, start=1):
        if limit is not None and len(edits) == limit:
            break
        if line.strip():
            edits.append(read_edit(number, line))
    if not edits:
        raise BadData("there is no edit in it")
    return edits


def read_edit(number: int, line: str) -> Edit:
    kinds = {"editor": str, "op": str, "conference": int, "topic": str, "fields": dict}
    try:
        row = json.loads(line)
        edit = Edit(number, *(row[name] for name in kinds))
    except ValueError as error:
        raise BadData(f"line {number} is not JSON: {error}") from None
    except (KeyError, TypeError):
        raise BadData(f"line {number} is not an edit: it needs {', '.join(kinds)}") from None
    for name, kind in kinds.items():
        if not isinstance(getattr(edit, name), kind):
            raise BadData(f"line {number}: {name} has the wrong type")
    if edit.op not in ("create", "update", "delete"):
        raise BadData(f"line {number}: op is create, update or delete, not {edit.op!r}")
    return edit


def usernames_for(editors: Iterable[str], run: str) -> dict[str, str]:
    """A user name for each pseudonym: of the characters allowed, and new in each run.

    `run` makes the replay repeatable on one server, where names are taken for good.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for editor in editors:
        plain = unicodedata.normalize("NFKD", editor).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", plain) or "editor"
        twin, tail = 1, f"-{run}"
        # Names that differ in case only are one name to the server.
        while (name := stem[: USERNAME_LIMIT - len(tail)] + tail).casefold() in taken:
            twin += 1
            tail = f"-{twin}-{run}"
        names[editor] = name
        taken.add(name.casefold())
    return names
