"""What two sides made of the same content, merged into one.

Pure: contents in (see events.content), values out. A merge may break the rules of content (too many
tags, exceptions to occurrences that are no more): the caller checks what comes out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import merge3

from events import content as contents
from events import jsonvalues, lines
from events.content import Content

# One choice: half of one side's interval and half of the other's is one that nobody chose.
TIME_UNIT = ("start_time", "end_time", "timezone", "all_day", "recurrence")


class Side(StrEnum):
    """Whose change stands where both changed the same thing, as `?resolve=` names it."""

    MINE = "mine"  # yours: what the request makes of the base
    THEIRS = "theirs"  # current: what has become of the base meanwhile


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that the two sides changed in ways that do not go together."""

    field: str
    base: Any
    current: Any
    yours: Any

    def row(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "base": self.base,
            "current": self.current,
            "yours": self.yours,
        }


@dataclass(frozen=True, slots=True)
class Merged:
    """`content` is complete: in a clash that nothing resolves, the current side's value stands.

    `clashes` come in the order of FIELDS, and name what `resolve` has settled too.
    """

    content: Content
    clashes: tuple[Clash, ...]


class _Three(NamedTuple):
    """A content, or one thing in it: as it was, and as each side has it."""

    base: Any
    current: Any
    yours: Any

    def each(self, part: Callable[[Any], Any]) -> "_Three":
        return _Three(*map(part, self))

    def field(self, name: str) -> "_Three":
        return self.each(lambda content: content[name])

    def entry(self, key: str) -> "_Three":
        """A list of its one value or none: a key that is absent is not a key that is null."""
        return self.each(lambda found: [found[key]] if key in found else [])

    @property
    def current_changed(self) -> bool:
        return not jsonvalues.same(self.base, self.current)

    @property
    def yours_changed(self) -> bool:
        return not jsonvalues.same(self.base, self.yours)

    @property
    def differ(self) -> bool:
        return not jsonvalues.same(self.current, self.yours)


Outcome = tuple[Any, bool]  # the value, and whether there was a clash in it
Strategy = Callable[[_Three, Side | None], Outcome]


def merge(base: Content, current: Content, yours: Content, resolve: Side | None = None) -> Merged:
    """The changes that both sides made to `base`, together."""
    three = _Three(base, current, yours)
    unit = three.each(_time_unit)
    times, apart = _merged(unit, _choice, resolve)
    clashing = {name for name in TIME_UNIT if apart and three.field(name).differ}
    outcomes = {
        **{name: _merged(three.field(name), how, resolve) for name, how in STRATEGIES.items()},
        "exceptions": _exceptions(three.field("exceptions"), unit, resolve),
    }
    clashing |= {name for name, (_, clash) in outcomes.items() if clash}
    content = times | {name: value for name, (value, _) in outcomes.items()}
    return Merged(
        {name: content[name] for name in contents.FIELDS},
        tuple(Clash(name, *three.field(name)) for name in contents.FIELDS if name in clashing),
    )


def _time_unit(content: Content) -> Content:
    return {name: content[name] for name in TIME_UNIT}


def _merged(three: _Three, strategy: Strategy, resolve: Side | None) -> Outcome:
    """By `strategy` where both sides changed it, and not in the same way."""
    if not three.yours_changed or not three.differ:
        return three.current, False
    if not three.current_changed:
        return three.yours, False
    value, clash = strategy(three, resolve)
    return (three.current if clash and resolve is None else value), clash


def _choice(three: _Three, resolve: Side | None) -> Outcome:
    return (three.yours if resolve is Side.MINE else three.current), True


def _by_line(three: _Three, resolve: Side | None) -> Outcome:
    """`resolve` chooses in the regions that clash only; all other lines of both sides stay."""
    # Not splitlines(), which loses what ended each line; here a `\r` stays with its own.
    base, current, yours = three.each(lambda text: text.split("\n"))
    if not lines.spend(len(base) + len(current) + len(yours)):
        return _choice(three, resolve)  # a person can still merge what we have no time for
    groups = merge3.Merge3(base, current, yours, sequence_matcher=lines.Matcher).merge_groups()
    merged: list[str] = []
    clash = False
    for kind, *region in groups:
        if kind == "conflict":
            chosen, clash = _choice(_Three(*region), resolve)
            merged += chosen
        else:
            merged += region[0]
    return "\n".join(merged), clash


def _as_set(three: _Three, resolve: Side | None) -> Outcome:
    """Never a clash: each tag is there or not. In the order of current, then of yours."""
    base, current, yours = three
    kept = [tag for tag in current if tag in yours or tag not in base]
    return kept + [tag for tag in yours if tag not in base and tag not in current], False


def _by_key(three: _Three, resolve: Side | None) -> Outcome:
    merged: dict[str, Any] = {}
    clash = False
    for key in three.current | three.yours:
        found, apart = _merged(three.entry(key), _choice, resolve)
        if found:
            merged[key] = found[0]
        clash = clash or apart
    return merged, clash


def _exceptions(exceptions: _Three, unit: _Three, resolve: Side | None) -> Outcome:
    """By key, as long as both sides' keys are about the same occurrences."""
    if _crossed(exceptions, unit):
        return _choice(exceptions, resolve)
    return _merged(exceptions, _by_key, resolve)


def _crossed(exceptions: _Three, unit: _Three) -> bool:
    """Whether one side changed exceptions to occurrences that the other side changed."""
    if not (exceptions.differ and unit.differ):
        return False
    return (exceptions.yours_changed and unit.current_changed) or (
        exceptions.current_changed and unit.yours_changed
    )


# A field of neither this nor the time unit has to find its way in here.
STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "title": _choice,
        "description": _by_line,
        "location": _choice,
        "status": _choice,
        "transparency": _choice,
        "tags": _as_set,
        "metadata": _by_key,
    }
)
