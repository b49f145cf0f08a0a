"""Clients for the scenarios in which something dies: every kind of write that may be cut in two."""

import random
import time
from collections.abc import Callable, Sequence

from .client import PAUSE, Client
from .journal import ONE_VERSION, Ask, Rows, Write
from .report import Report
from .world import HOUR, World

HANG_UP = (0.005, 0.2)  # seconds, at random
HANGS_UP = 0.15  # of the writes: an answer that nobody hears is the one that may get lost


class Writer:
    """Creates with an Idempotency-Key, changes with If-Match, and writes atomic batches."""

    def __init__(self, client: Client, events: Sequence[str], stopped: Callable[[], bool]) -> None:
        self.client, self.events, self.stopped = client, events, stopped
        self.random = random.Random(client.name)

    def step(self) -> None:
        self.random.choice([self.create, self.create, self.change, self.change, self.batch])()

    def create(self) -> Write:
        marker = self.client.marker()
        body = {"title": marker, "metadata": {"by": marker}, "note": marker, **HOUR}
        headers = {"Idempotency-Key": marker}
        rows = Rows(versions=1, access=1)
        ask = self._ask("create", "POST", "/api/events", body, rows, headers=headers)
        return self.client.insist(marker, ask, self.stopped)

    def change(self) -> None:
        path = f"/api/events/{self.random.choice(self.events)}"
        seen = self.client.read(path)
        if seen is None or not seen.is_success:
            time.sleep(PAUSE)
            return
        marker = self.client.marker()
        body = {"title": marker, "metadata": {"by": marker}, "note": marker}
        headers = {"If-Match": seen.headers["ETag"]}
        self._write(marker, self._ask("change", "PATCH", path, body, ONE_VERSION, headers=headers))

    def batch(self) -> None:
        """Two new events and two changes of others, in no order of theirs: all or none."""
        marker = self.client.marker()
        made = {"title": marker, "metadata": {"by": marker}, **HOUR}
        changed = {"title": marker, "metadata": {"by": marker}}
        operations = [{"op": "create", "event": made, "note": marker}] * 2 + [
            {"op": "update", "id": event, "event": changed, "note": marker}
            for event in self.random.sample(list(self.events), 2)
        ]
        body, rows = {"operations": operations}, Rows(versions=4, access=2)
        self._write(marker, self._ask("batch", "POST", "/api/events/batch", body, rows))

    def _ask(self, *args, **more) -> Ask:
        hangs_up = self.random.random() < HANGS_UP
        return Ask(*args, **more, hang_up=self.random.uniform(*HANG_UP) if hangs_up else None)

    def _write(self, marker: str, ask: Ask) -> None:
        response = self.client.write(marker, ask)
        if response is None or response.status_code == 503:
            time.sleep(PAUSE)


def writers(
    world: World, report: Report, events: Sequence[str], stopped: Callable[[], bool]
) -> list[Writer]:
    return [Writer(client, events, stopped) for client in world.clients(report)]
