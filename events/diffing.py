"""How two contents differ, in the forms that people and programs ask for.

Pure: contents in (see events.content), plain values out. Those of versions come as JSON has them
(`snapshots.as_json`), for of what is compared little is ever shown.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from events import content as contents
from events import jsonvalues, lines
from events.content import Content

LONG_TEXT = frozenset({"description"})


def changes(before: Content | None, after: Content) -> list[dict[str, Any]]:
    """`[{"field", "from", "to"}]`; with no `before`, what is not at its default, from null."""
    if before is None:
        return [
            {"field": name, "from": None, "to": after[name]}
            for name in contents.FIELDS
            if name not in contents.DEFAULTS
            or not jsonvalues.same(after[name], contents.DEFAULTS[name])
        ]
    return [
        {"field": name, "from": one, "to": other}
        for name in contents.FIELDS
        if not jsonvalues.same(one := before[name], other := after[name])
    ]


def changes_as_kept(before: dict[str, Any] | None, after: dict[str, Any]) -> list[dict[str, Any]]:
    """The same of two contents as JSON has them."""
    rows = changes(before, after)
    for row in rows:
        if row["field"] in contents.OBJECTS:
            row["from"], row["to"] = map(jsonvalues.as_kept, (row["from"], row["to"]))
    return rows


def detailed_changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """The same again, where long text also has `diff`: its lines, each behind ` `, `-` or `+`."""
    rows = changes_as_kept(before, after)
    for row in rows:
        if row["field"] in LONG_TEXT:
            row["diff"] = line_diff(row["from"], row["to"])
    return rows


def line_diff(before: str, after: str) -> list[str]:
    """Every line of both texts, in order, marked ` ` (in both), `-` (before) or `+` (after)."""
    old, new = before.split("\n"), after.split("\n")
    return [line for opcode in lines.opcodes(old, new) for line in lines.marked(old, new, opcode)]


def json_patch(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """RFC 6902 operations that make the changes `rows` in a content.

    Objects (metadata, exceptions) are patched key by key, everything else is replaced whole.
    """
    before = {row["field"]: row["from"] for row in rows}
    after = {row["field"]: row["to"] for row in rows}
    return list(_patch("", before, after))


def _patch(path: str, before: dict, after: dict) -> Iterator[dict[str, Any]]:
    for key in sorted(before.keys() - after.keys()):
        yield {"op": "remove", "path": f"{path}/{_pointer(key)}"}
    for key, value in after.items():
        here = f"{path}/{_pointer(key)}"
        if key not in before:
            yield {"op": "add", "path": here, "value": value}
        elif isinstance(value, dict) and isinstance(before[key], dict):
            yield from _patch(here, before[key], value)
        elif not jsonvalues.same(before[key], value):
            yield {"op": "replace", "path": here, "value": value}


def _pointer(key: str) -> str:
    """One step of a JSON Pointer (RFC 6901 section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def unified(rows: list[dict[str, Any]], names: tuple[str, str]) -> str:
    """A unified diff of the fields that changed, each a `field: value` line, long text a block."""
    before = [line for row in rows for line in _written(row["field"], row["from"])]
    after = [line for row in rows for line in _written(row["field"], row["to"])]
    return "".join(f"{line}\n" for line in lines.unified(before, after, names))


def _one_line(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS).decode()


def _written(name: str, value: Any) -> list[str]:
    if name in LONG_TEXT:
        return [f"{name}:", *(f"  {line}" for line in value.split("\n"))]
    return [f"{name}: {_one_line(value)}"]
