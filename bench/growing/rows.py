"""The rows of an event and all that belongs to it, as the services and triggers would have left
them. Hashes and snapshots are the project's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from psycopg.types.json import Jsonb

from events import chain, snapshots
from events import content as contents
from events.querysets import FEW, OPEN

from .contents import content_of
from .world import World, change_set, event_id, user_id

JSON = ("metadata", "exceptions")


@dataclass
class Rows:
    """By table, each a dict of its columns."""

    event: dict[str, Any]
    versions: list[dict[str, Any]] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    stays: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    access: list[dict[str, Any]] = field(default_factory=list)


class Writer:
    """Makes the rows of one event after the other; it counts the ids of the rest."""

    def __init__(self, world: World, key: str):
        self.world, self.key = world, key
        self.version_id = self.grant_id = self.access_id = 0

    def rows(self, number: int) -> Rows:
        world, id, by = self.world, event_id(number), user_id(self.world.owner(number))
        created_at = world.created_at(number)
        rows = Rows({"id": id, "uid": str(id), "created_at": created_at, "moved_at": created_at})
        rows.event["history_head"], rows.event["field_versions"] = chain.NONE, {}
        happened = [(created_at, "created"), *world.changes(number)]
        moved, before = False, None
        for version, (at, what) in enumerate(happened, 1):
            moved = moved or what == "moved"
            content = content_of(world, number, version - 1, moved)
            self._add_version(rows, by, at, version, content, before)
            before = content
        self._add_spans(rows)
        self._add_access(rows, number)
        rows.event |= {**_columns(content), "field_versions": Jsonb(rows.event["field_versions"])}
        return rows

    def _add_version(self, rows, by, at, version, content, before) -> None:
        event, snapshot = rows.event, snapshots.written(content)
        changed = contents.differing(before, content) if before else contents.FIELDS
        event["field_versions"] |= dict.fromkeys(changed, version)
        if before and "start_time" in changed:
            event["moved_at"] = at
        told = {
            "uid": event["uid"],
            "version": version,
            "action": "updated" if before else "created",
            "change_set": change_set(self.version_id, version),
        }
        event["history_head"] = chain.digest(
            event["history_head"],
            event_id=event["id"],
            split_from=None,
            author_id=by,
            at=at,
            note="",
            source_version=None,
            merged_from=None,
            snapshot=snapshot,
            key=self.key,
            **told,
        )
        event |= {"version": version, "updated_at": at, "history_at": at, "updated_by_id": by}
        self.version_id += 1
        rows.versions.append(
            {
                **_columns(content),
                **told,
                "history_id": self.version_id,
                "id": event["id"],
                "created_at": event["created_at"],
                "updated_at": at,
                "history_date": at,
                "history_user_id": by,
                "history_change_reason": "",
                "history_type": "~" if before else "+",
                "hash": event["history_head"],
                "snapshot": snapshot,
            }
        )

    def _add_spans(self, rows: Rows) -> None:
        """A span from each version to the next, and a stay where that has another start."""
        arrived_at = rows.event["created_at"]
        for version, later in pairwise([*rows.versions, None]):
            keys = {"event_id": version["id"], "start_time": version["start_time"]}
            since, until = version["history_date"], later["history_date"] if later else OPEN
            times = {"end_time": version["end_time"], "since": since, "until": until}
            rows.spans.append({"row_id": version["history_id"], **keys, **times})
            if later and later["start_time"] != version["start_time"]:
                ended = {"row_id": later["history_id"], "since": arrived_at, "left_at": until}
                rows.stays.append({**keys, **ended})
                arrived_at = until

    def _add_access(self, rows: Rows, number: int) -> None:
        event, newest = rows.event, rows.versions[-1]
        owner = self.world.owner(number)
        people = [(owner, "owner"), *self.world.guests(number)]
        copied = {
            "event_moved_at": event["moved_at"],
            "event_start_time": newest["start_time"],
            "event_end_time": newest["end_time"],
            "event_status": newest["status"],
            "event_owner_id": user_id(owner),
            "event_updated_at": event["updated_at"] if len(people) <= FEW else OPEN,
        }
        for place, (user, role) in enumerate(people):
            at = event["created_at"] + place * timedelta(microseconds=1)
            self._add_grant(rows, user, role, at, copied)
            event["history_at"] = max(event["history_at"], at)

    def _add_grant(
        self, rows: Rows, user: int, role: str, at: datetime, copied: dict[str, Any]
    ) -> None:
        by = copied["event_owner_id"]
        self.grant_id += 1
        grant = {
            "id": self.grant_id,
            "event_id": rows.event["id"],
            "user_id": user_id(user),
            "role": role,
        }
        rows.grants.append({**grant, "granted_by_id": by, "granted_at": at, **copied})
        rows.access.append(
            {
                **grant,
                "history_id": self.grant_id,
                "history_date": at,
                "history_type": "+",
                "history_user_id": by,
                "history_change_reason": "",
                "action": "created" if role == "owner" else "shared",
                "change_set": change_set(self.grant_id, 0),
            }
        )


def users(world: World) -> Iterator[dict[str, Any]]:
    for number in range(world.users):
        name = f"person-{number}"
        yield {
            "id": user_id(number),
            "username": name,
            "email": f"{name}@example.org",
            "password": "!",
            "first_name": "",
            "last_name": "",
            "timezone": "UTC",
            "is_superuser": False,
            "is_staff": False,
            "is_active": True,
            "date_joined": world.created_at(0),
        }


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, **{name: Jsonb(content[name]) for name in JSON}}
