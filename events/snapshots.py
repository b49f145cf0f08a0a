"""Versions as they are kept: the content in canonical JSON, with the number of its schema. Pure.

The rule by which every version stays readable: a snapshot is never written again. Whoever adds,
renames or drops a content field raises SCHEMA and adds to UPGRADES what makes a content of the
schema before into one of the new; `read` applies them one after the other. The columns beside the
snapshot are copies for SQL, which a migration may change as it likes.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from events import content as contents
from events.content import Content

SCHEMA = 1

# From each schema to the next: takes and gives the content as JSON has it (times are texts).
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def written(content: Content) -> str:
    """The snapshot of a content: one text for each content, letter for letter."""
    kept = {"content": content, "schema": SCHEMA}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()


def read(snapshot: str) -> Content:
    """The content of a snapshot of this schema or of any before."""
    kept = orjson.loads(snapshot)
    content = kept["content"]
    for schema in range(kept["schema"], SCHEMA):
        content = UPGRADES[schema](content)
    times = {name: _instant(content[name]) for name in contents.TIMES}
    return {name: times.get(name, content[name]) for name in contents.FIELDS}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
