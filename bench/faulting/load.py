"""Many clients at once, each in a thread, for as long as the block lasts."""

import threading
from collections.abc import Callable, Sequence

Step = Callable[[], object]


class Load:
    """Each step is called over and over in a thread of its own.

    with Load(steps) as load:
        time.sleep(60)
    """

    def __init__(self, steps: Sequence[Step], stopping: threading.Event) -> None:
        self._stopping = stopping
        self._errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._repeat, args=(step,), daemon=True) for step in steps
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type | None, *more: object) -> None:
        self._stopping.set()
        if kind is KeyboardInterrupt:
            return  # the threads are daemons: nobody waits for their last answers
        for thread in self._threads:
            thread.join()
        if self._errors and kind is None:
            raise self._errors[0]

    def _repeat(self, step: Step) -> None:
        try:
            while not self._stopping.is_set():
                step()
        except BaseException as error:  # a mistake of ours: it must not pass for an idle client
            self._errors.append(error)
