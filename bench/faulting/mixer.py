"""A client that does, at random, everything that the API lets people do with shared events."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx

from .client import Client, Person
from .journal import ONE_VERSION, Ask, Rows
from .world import HOUR

# How often, of a hundred. What only owners may do is refused to most who try.
WEIGHTS = {
    "patch": 14,
    "patch_from_base": 14,
    "patch_if_match": 10,
    "put": 6,
    "roll_back": 6,
    "undo": 6,
    "batch": 6,
    "batch_not_atomic": 4,
    "create": 4,
    "share": 6,
    "change_role": 4,
    "revoke": 3,
    "transfer": 3,
    "delete_and_restore": 3,
    "restore": 3,
    "dry_run": 4,
    "look_back": 4,
}
ONE_ACCESS = Rows(access=1)
PRESUMPTION = 0.3  # of those who try what only owners may do, without looking whose it is
# What the clients create is later than what they share.
LATER = {"start_time": "2031-01-01T09:00:00Z", "end_time": "2031-01-01T10:00:00Z"}
OWN = {"role": "owner", "to": "2030-12-31T00:00:00Z"}


class Mixer:
    def __init__(self, client: Client, events: Sequence[str], people: Sequence[Person]) -> None:
        self.client, self.events = client, list(events)
        self.others = [person for person in people if person is not client.person]
        self.random = random.Random(client.name)
        self.event, self.path = "", ""

    def step(self) -> None:
        self.event = self.random.choice(self.events)
        self.path = f"/api/events/{self.event}"
        (action,) = self.random.choices(list(WEIGHTS), WEIGHTS.values())
        getattr(self, action)()

    def patch(self) -> None:
        marker = self.client.marker()
        self._change(marker, {"title": marker})

    def patch_from_base(self) -> None:
        """From a state that others may have left meanwhile: each client has a key of its own."""
        if seen := self._look():
            marker = self.client.marker()
            mine = {"metadata": seen.json()["metadata"] | {self.client.name: marker}}
            resolve = self.random.choice([{}, {}, {"resolve": "mine"}])
            body = mine | {"base_version": seen.json()["version"]}
            self._change(marker, body, params=resolve)

    def patch_if_match(self) -> None:
        if seen := self._look():
            marker = self.client.marker()
            headers = {"If-Match": seen.headers["ETag"]}
            self._change(marker, {"location": marker}, headers=headers)

    def put(self) -> None:
        marker = self.client.marker()
        self._change(marker, {"title": marker, **HOUR}, method="PUT")

    def roll_back(self) -> None:
        if seen := self._look():
            self._go_back("rollback", seen.json()["version"])

    def undo(self) -> None:
        """Not of the creation, which would throw the event away."""
        if (seen := self._look()) and seen.json()["version"] > 1:
            self._go_back("undo", seen.json()["version"])

    def batch(self) -> None:
        self._batch(atomic=True)

    def batch_not_atomic(self) -> None:
        self._batch(atomic=False)

    def create(self) -> None:
        marker = self.client.marker()
        body = {"title": marker, **LATER}
        self._write(marker, "create", "POST", "/api/events", body, Rows(1, 1))

    def share(self) -> None:
        self._choose_own()
        body = {"user": self._somebody(), "role": self.random.choice(["editor", "viewer"])}
        marker = self.client.marker()
        path = f"{self.path}/share"
        self._write(marker, "share", "POST", path, body, ONE_ACCESS, certain=False)

    def change_role(self) -> None:
        body = {"role": self.random.choice(["editor", "editor", "viewer"])}
        self._permission("role", "PUT", body, ONE_ACCESS)

    def revoke(self) -> None:
        self._permission("revoke", "DELETE", {}, ONE_ACCESS)

    def transfer(self) -> None:
        self._permission("transfer", "PUT", {"role": "owner"}, Rows(access=2))

    def delete_and_restore(self) -> None:
        self._choose_own()
        marker = self.client.marker()
        deleted = self._write(marker, "delete", "DELETE", self.path, {}, ONE_VERSION)
        if deleted is not None and deleted.is_success:
            self.restore()

    def restore(self) -> None:
        """Out of the trash, if it is there: some get there by the undo of a restore."""
        marker = self.client.marker()
        path = f"{self.path}/restore"
        self._write(marker, "restore", "POST", path, {}, ONE_VERSION, certain=False)

    def dry_run(self) -> None:
        marker = self.client.marker()
        method, path = self.random.choice([("PATCH", self.path), ("DELETE", self.path)])
        body = {"title": marker} if method == "PATCH" else {}
        params = {"dry_run": "true"}
        self._write(marker, "dry run", method, path, body, Rows(), params=params)

    def look_back(self) -> None:
        then = datetime.now(UTC) - timedelta(seconds=self.random.uniform(0, 10))
        self.client.read(self.path, "as of", params={"as_of": then.isoformat()})
        if seen := self._look():
            headers = {"If-None-Match": seen.headers["ETag"]}
            self.client.read(self.path, "again", headers=headers)
        self.client.read(f"{self.path}/changelog", "changelog")

    def _look(self) -> httpx.Response | None:
        seen = self.client.read(self.path)
        return seen if seen is not None and seen.is_success else None

    def _choose_own(self) -> None:
        """Mostly one that is one's own, for the others may not do what only owners may."""
        owned = self.client.read("/api/events", "list", params=OWN)
        if owned is None or not owned.is_success or self.random.random() < PRESUMPTION:
            return
        ids = [row["id"] for row in owned.json()["results"] if row["id"] in self.events]
        if ids:
            self.event = self.random.choice(ids)
            self.path = f"/api/events/{self.event}"

    def _somebody(self) -> str:
        return self.random.choice(self.others).id

    def _change(self, marker: str, body: dict, method: str = "PATCH", **more) -> None:
        self._write(marker, method.lower(), method, self.path, body, ONE_VERSION, **more)

    def _go_back(self, how: str, newest: int) -> None:
        version = self.random.randint(max(2, newest - 20), newest) if newest > 2 else newest
        path = f"{self.path}/{how}/{version}"
        self._write(self.client.marker(), how, "POST", path, {}, ONE_VERSION, certain=False)

    def _permission(self, kind: str, method: str, body: dict, rows: Rows) -> None:
        self._choose_own()
        path = f"{self.path}/permissions/{self._somebody()}"
        self._write(self.client.marker(), kind, method, path, body, rows, certain=False)

    def _batch(self, *, atomic: bool) -> None:
        """A new event and changes of others, in no order of theirs, which invites deadlocks."""
        marker = self.client.marker()
        operations = [{"op": "create", "event": {"title": marker, **LATER}, "note": marker}]
        operations += [
            {"op": "update", "id": event, "event": {"title": marker}, "note": marker}
            for event in self.random.sample(self.events, 3)
        ]
        body = {"operations": operations, "atomic": atomic}
        ask = Ask("batch", "POST", "/api/events/batch", body, Rows(4, 1))
        self.client.write(marker, ask)

    def _write(
        self, marker: str, kind: str, method: str, path: str, body: dict, rows: Rows, **more
    ) -> httpx.Response | None:
        return self.client.write(
            marker, Ask(kind, method, path, body | {"note": marker}, rows, **more)
        )
