"""Several clients at once: threads that take up what the scripts ask for.

A script is a generator. It yields a list of acts, which different clients do at the same moment,
and gets the list of what they gave; its own code runs in one thread, so it needs no lock.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from queue import SimpleQueue
from typing import Any, NamedTuple

Act = Callable[[], Any]
Script = Generator[list[Act], list[Any], None]

# Scripts under way for each client: enough that different ones are at different scenes, few enough
# that none waits for its next scene until all others have had their first.
UNDER_WAY = 4


@dataclass
class Scene:
    """The acts of one `yield`."""

    script: Script
    left: int
    gate: threading.Barrier
    results: dict[int, Any] = field(default_factory=dict)


class Done(NamedTuple):
    scene: Scene
    index: int
    future: Future[Any]


class Crowd:
    def __init__(self, clients: int) -> None:
        self.clients = clients
        self.pool = ThreadPoolExecutor(clients)
        self.done: SimpleQueue[Done] = SimpleQueue()
        self.open: list[Scene] = []

    def perform(self, scripts: Iterable[Script]) -> Iterator[Script]:
        """Each script as it ends, in whatever order. What an act raises ends the performance."""
        waiting = iter(scripts)
        for script in islice(waiting, UNDER_WAY * self.clients):
            yield from self._go_on(script, waiting, None)
        while self.open:
            scene, index, future = self.done.get()
            scene.results[index] = future.result()
            scene.left -= 1
            if not scene.left:
                self.open.remove(scene)
                results = [scene.results[index] for index in sorted(scene.results)]
                yield from self._go_on(scene.script, waiting, results)

    def close(self) -> None:
        """Lets go of those who wait for others that will not come any more."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        for scene in self.open:
            scene.gate.abort()
        self.pool.shutdown()

    def _go_on(
        self, script: Script, waiting: Iterator[Script], results: list[Any] | None
    ) -> Iterator[Script]:
        """The next scene of this script, or of the one that takes its place."""
        while True:
            try:
                # A generator that has not begun takes None alone.
                return self._play(script, script.send(results))  # type: ignore[arg-type]
            except StopIteration:
                yield script
            following = next(waiting, None)
            if following is None:
                return None
            script, results = following, None

    def _play(self, script: Script, acts: list[Act]) -> None:
        # Threads take acts in the order of this queue, so those of one scene are taken one after
        # the other, and no two scenes can wait for each other's threads.
        assert 0 < len(acts) <= self.clients
        scene = Scene(script, len(acts), threading.Barrier(len(acts)))
        self.open.append(scene)
        for index, act in enumerate(acts):
            future = self.pool.submit(together, scene.gate, act)
            future.add_done_callback(partial(self._finished, scene, index))

    def _finished(self, scene: Scene, index: int, future: Future[Any]) -> None:
        self.done.put(Done(scene, index, future))


def together(gate: threading.Barrier, act: Act) -> Any:
    gate.wait()
    return act()
