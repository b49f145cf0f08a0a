"""How the server's answers differ from the story of a conference. Values in, differences out."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from .mapping import DEFAULTS, Content
from .story import LogRow, Story, Version

Row = dict[str, Any]
SHOWN = 300  # characters of a value in a message


class Difference(NamedTuple):
    where: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.where}: expected {shown(self.expected)}, got {shown(self.got)}"


def shown(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= SHOWN else f"{written[:SHOWN]}..."


def unlike(where: str, expected: Any, got: Any) -> list[Difference]:
    """Compared as JSON: to Python, 1 is the same as true."""
    return [] if as_json(expected) == as_json(got) else [Difference(where, expected, got)]


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def compare_content(where: str, expected: Content, got: Row) -> list[Difference]:
    """The content of an event, whatever other fields `got` has."""
    return [
        difference
        for name, value in expected.items()
        for difference in unlike(f"{where}, {name}", value, got.get(name, "(missing)"))
    ]


def compare_event(where: str, expected: Content, version: int, got: Row) -> list[Difference]:
    return [
        *compare_content(where, expected, got),
        *unlike(f"{where}, version", version, got["version"]),
    ]


def compare_version(
    story: Story, version: int, got: Row, usernames: Mapping[str, str]
) -> list[Difference]:
    """One past version as it was read back: nothing but its content, and its author."""
    expected, where = story.versions[version - 1], f"version {version}"
    return [
        *compare_content(where, expected.content, got["event"]),
        *unlike(f"{where}, fields", sorted(expected.content), sorted(got["event"])),
        *unlike(
            f"{where}, version, action and author",
            [version, expected.action, usernames[expected.by]],
            [got["version"], got["action"], got["by"]["username"]],
        ),
    ]


def compare_history(
    story: Story, rows: list[Row], usernames: Mapping[str, str]
) -> list[Difference]:
    """`rows` newest first, as they come."""
    expected = [
        [number, version.action, usernames[version.by], None]
        for number, version in enumerate(story.versions, start=1)
    ]
    got = [
        [row["version"], row["action"], row["by"]["username"], row["source_version"]]
        for row in rows
    ]
    found = unlike("history", expected[::-1], got)
    if found:
        return found
    return [*compare_told("history", story.versions, rows), *compare_times("history", rows)]


def compare_changelog(
    story: Story, rows: list[Row], usernames: Mapping[str, str]
) -> list[Difference]:
    """`rows` newest first, as they come. They must compose to each version on the way."""
    expected = [[row.action, row.version, usernames[row.by]] for row in story.log]
    got = [[row["action"], row["version"], row["by"]["username"]] for row in rows]
    found = unlike("changelog", expected[::-1], got)
    if found:
        return found  # What follows goes by these rows, and would only repeat it.
    found += compare_told("changelog", story.log, rows) + compare_times("changelog", rows)
    state = dict(DEFAULTS)
    for entry, row in zip(story.log, reversed(rows), strict=True):
        if entry.version is None:
            found += compare_share(entry, row, usernames)
        else:
            found += apply_changes(state, row)
            where = f"changelog composed up to version {entry.version}"
            found += compare_content(where, story.versions[entry.version - 1].content, state)
    return found


def apply_changes(state: Content, row: Row) -> list[Difference]:
    """Moves `state` on by one row, and says where the row does not start from it."""
    found = []
    created = row["action"] == "created"
    for change in row["changes"]:
        name, where = change["field"], f"changelog, version {row['version']}, {change['field']}"
        found += unlike(f"{where}, from", None if created else state[name], change["from"])
        if not created and change["from"] == change["to"]:
            found.append(Difference(where, "a change", change))
        state[name] = change["to"]
    return found


def compare_share(entry: LogRow, row: Row, usernames: Mapping[str, str]) -> list[Difference]:
    username = usernames[str(entry.shared_with)]
    got = [
        [change["field"], change["user"]["username"], change["from"], change["to"]]
        for change in row["changes"]
    ]
    return unlike(f"changelog, share with {username}", [["role", username, None, "editor"]], got)


def compare_access(story: Story, rows: list[Row], usernames: Mapping[str, str]) -> list[Difference]:
    roles = {usernames[editor]: "editor" for editor in story.editors}
    expected = [[usernames[story.owner], "owner"], *sorted(map(list, roles.items()))]
    got = [[row["user"]["username"], row["role"]] for row in rows]
    return unlike("permissions, the owner first", expected, [*got[:1], *sorted(got[1:])])


def compare_told(
    where: str, entries: Sequence[Version | LogRow], rows: list[Row]
) -> list[Difference]:
    """What the answers to the writes said of them. `entries` oldest first, `rows` newest first."""
    return [
        difference
        for entry, row in zip(entries, reversed(rows), strict=True)
        if entry.told.change_set is not None
        for difference in unlike(
            f"{where}, {entry.action} by {row['by']['username']}, change set and merged_from",
            [entry.told.change_set, entry.told.merged_from],
            [row["change_set"], row["merged_from"]],
        )
    ]


def compare_times(where: str, rows: list[Row]) -> list[Difference]:
    """Every row of an event is later than the one before it."""
    return [
        Difference(f"{where}, at", f"later than {older['at']}", newer["at"])
        for newer, older in pairwise(rows)
        if datetime.fromisoformat(newer["at"]) <= datetime.fromisoformat(older["at"])
    ]
