"""How two changes of one text go together, line by line, for texts whose lines are all different.

Of such texts there is only one sensible account of what was changed, so the server can be held to
it. Descriptions made of conferences are such.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Change:
    """In place of the lines from `start` to before `stop` of the base: `lines`."""

    start: int
    stop: int
    lines: list[str]
    mine: bool


def merged_text(base: str, current: str, yours: str, resolve: str | None) -> tuple[str, bool]:
    """The text, and whether there is a clash; without `resolve`, what was there stands in it."""
    lines = base.split("\n")
    changes = [*changes_of(lines, current, mine=False), *changes_of(lines, yours, mine=True)]
    merged: list[str] = []
    clash, done = False, 0
    for start, stop, group in touching(changes):
        theirs, mine = (side(lines, start, stop, group, mine=which) for which in (False, True))
        merged += lines[done:start]
        if theirs == mine or len({change.mine for change in group}) == 1:
            merged += mine if group[0].mine else theirs
        else:
            clash = True
            merged += mine if resolve == "mine" else theirs
        done = stop
    return "\n".join(merged + lines[done:]), clash


def changes_of(base: list[str], text: str, *, mine: bool) -> list[Change]:
    lines = text.split("\n")
    matcher = SequenceMatcher(None, base, lines, autojunk=False)
    return [
        Change(start, stop, lines[first:last], mine)
        for tag, start, stop, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def touching(changes: list[Change]) -> Iterator[tuple[int, int, list[Change]]]:
    """Changes with no untouched line between them belong together: with where they start and stop.

    Two neighbouring lines are often one thought, so a merge that separates them would be a guess.
    """
    group: list[Change] = []
    start = stop = 0
    for change in sorted(changes, key=lambda change: (change.start, change.stop)):
        if group and change.start > stop:
            yield start, stop, group
            group = []
        if not group:
            start, stop = change.start, change.stop
        group.append(change)
        stop = max(stop, change.stop)
    if group:
        yield start, stop, group


def side(base: list[str], start: int, stop: int, group: list[Change], *, mine: bool) -> list[str]:
    """What one side has between `start` and `stop`."""
    found: list[str] = []
    for change in group:
        if change.mine == mine:
            found += base[start : change.start] + change.lines
            start = change.stop
    return found + base[start:stop]
