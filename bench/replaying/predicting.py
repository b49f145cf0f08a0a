"""What a merge must come to, worked out from the contract alone: nothing of the server's is used.

A content is taken apart into atoms, the smallest things that two people can change without getting
in each other's way. The description, whose atoms are lines, is merged in `predicting_lines`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .comparing import Row, as_json
from .mapping import Content
from .predicting_lines import merged_text

Resolve = Literal["mine", "theirs"]
Atoms = dict[tuple[str, ...], Any]

PLAIN = ("title", "location", "status", "transparency", "exceptions")
TIMES = ("start_time", "end_time", "timezone", "all_day", "recurrence")


@dataclass(frozen=True)
class Prediction:
    """`clashes` are the rows of the 409 in the order of their fields' names, whether settled or
    not; in an unsettled clash `content` has what was there."""

    content: Content
    clashes: list[Row]


def predict(
    base: Content, current: Content, yours: Content, resolve: Resolve | None = None
) -> Prediction:
    """What becomes of `current` when somebody made `yours` of `base`, and sends it now."""
    text, torn = merged_text(*(one["description"] for one in (base, current, yours)), resolve)
    atoms, apart = merged_atoms(atoms_of(base), atoms_of(current), atoms_of(yours), resolve)
    content = {name: content_of_atoms(atoms, name) for name in base} | {"description": text}
    fields = {"description"} if torn else set()
    fields |= set(clashing_fields(apart, current, yours))
    return Prediction(content, [clash(name, base, current, yours) for name in sorted(fields)])


def changes_between(before: Content, after: Content) -> Content:
    """The fields to send."""
    return {name: value for name, value in after.items() if as_json(value) != as_json(before[name])}


def atoms_of(content: Content) -> Atoms:
    return {
        **{(name,): content[name] for name in PLAIN},
        # One atom: half of one interval and half of another is one that nobody chose.
        ("times",): {name: content[name] for name in TIMES},
        **{("tags", tag): True for tag in content["tags"]},
        **{("metadata", key): value for key, value in content["metadata"].items()},
    }


def content_of_atoms(atoms: Atoms, name: str) -> Any:
    match name:
        case "tags":
            return [key[1] for key in atoms if key[0] == "tags"]
        case "metadata":
            return {key[1]: value for key, value in atoms.items() if key[0] == "metadata"}
        case _:
            return atoms[("times",)][name] if name in TIMES else atoms.get((name,))


def merged_atoms(
    base: Atoms, current: Atoms, yours: Atoms, resolve: Resolve | None
) -> tuple[Atoms, set[tuple[str, ...]]]:
    """The atoms in the order of current's, then of yours, and which of them clash."""
    merged: Atoms = {}
    clashes = set()
    for key in {**current, **yours}:
        was, there, wanted = (held(key, atoms) for atoms in (base, current, yours))
        chosen = there
        if as_json(there) == as_json(was):
            chosen = wanted
        elif len({as_json(one) for one in (was, there, wanted)}) == 3:
            clashes.add(key)
            chosen = wanted if resolve == "mine" else there
        if chosen:
            merged[key] = chosen[0]
    return merged, clashes


def held(key: tuple[str, ...], atoms: Mapping[tuple[str, ...], Any]) -> list[Any]:
    """A list of one or none: a key that is not there differs from one that is null."""
    return [atoms[key]] if key in atoms else []


def clashing_fields(
    apart: Iterable[tuple[str, ...]], current: Content, yours: Content
) -> Iterable[str]:
    for key in apart:
        if key == ("times",):
            yield from (name for name in TIMES if as_json(current[name]) != as_json(yours[name]))
        else:
            yield key[0]


def clash(name: str, base: Content, current: Content, yours: Content) -> Row:
    return {"field": name, "base": base[name], "current": current[name], "yours": yours[name]}
