"""Versions as they are kept: the content in canonical JSON, with the number of its schema. Pure.

The rule by which every version stays readable for ever: a snapshot is never written again, for its
hash covers its text. What changes is how it is read. Whoever adds, renames or drops a content
field, or gives its values another form,

1. raises SCHEMA by one, and adds to UPGRADES what makes a content of the schema before into one of
   the new. Such a step is never changed or removed, and takes its defaults from nowhere but itself:
   what a version says today it says in ten years;
2. changes FIELDS, DEFAULTS, the models and how the field is merged, and migrates the content
   columns of both tables as the step says: beside a snapshot they are copies of what is read from
   it, for SQL, and verifying compares the two (events.verifying);
3. keeps `Event.field_versions` in step: a field that is added has its first version, 1, a renamed
   one keeps its number, a dropped one goes.

events/tests/test_future_schema.py does all of this once.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from events import content as contents
from events import jsonvalues
from events.content import Content

SCHEMA = 1

# From each schema to the next: takes and gives the content as JSON has it (times are texts, in
# UTC with `Z`).
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def written(content: Content) -> str:
    """The snapshot of a content: one text for each content, letter for letter."""
    kept = {"content": content, "schema": SCHEMA}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()


def read(snapshot: str) -> Content:
    """The content of a snapshot of this schema or of any before."""
    kept = as_json(snapshot)
    # In the order in which the event's own columns give them.
    content = {name: kept[name] for name in contents.FIELDS}
    for name in contents.TIMES:
        content[name] = _instant(content[name])
    for name in contents.OBJECTS:
        content[name] = jsonvalues.as_kept(content[name])
    return content


def as_json(snapshot: str) -> dict[str, Any]:
    """The same as JSON has it: times are texts, as in answers, and keys come in no order."""
    kept = orjson.loads(snapshot)
    content = kept["content"]
    for schema in range(kept["schema"], SCHEMA):
        content = UPGRADES[schema](content)
    return content


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
