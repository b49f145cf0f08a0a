"""The threads that requests run in, and the line of those that wait for one."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

log = logging.getLogger(__name__)

TICK = 0.05  # seconds: how exactly patience is kept


class Threads:
    """A pool for many small jobs: one that comes wakes one thread, and its end wakes none."""

    def __init__(self, number: int, patience: float):
        self._number = number
        self._patience = patience
        # Whoever takes a job from the line has it: a thread, or the watch when it waited too long.
        self._line = deque()
        self._calls = SimpleQueue()  # True lets a thread look at the line, False ends one
        for _ in range(number):
            threading.Thread(target=self._serve, name="request").start()
        threading.Thread(target=self._watch, name="watch").start()

    def start(self, work: Callable, *arguments) -> None:
        """`work(True, *arguments)` in a thread; `work(False, *arguments)` if none is free in time.

        Any thread may call this.
        """
        self._line.append((time.monotonic(), work, arguments))
        self._calls.put(True)

    def _serve(self) -> None:
        while self._calls.get():
            self._do_the_first()

    def _do_the_first(self) -> None:
        try:
            _, work, arguments = self._line.popleft()
        except IndexError:  # somebody else was faster
            return
        _do(work, True, *arguments)

    def _watch(self) -> None:
        """Also ends the threads with the main one, once they have done what there is to do."""
        main = threading.main_thread()
        while main.is_alive():
            main.join(TICK)
            self._turn_away(came_before=time.monotonic() - self._patience)
        for _ in range(self._number):
            self._calls.put(False)

    def _turn_away(self, came_before: float) -> None:
        while self._line:
            try:
                job = since, work, arguments = self._line.popleft()
            except IndexError:
                return
            if since > came_before:
                self._line.appendleft(job)
                self._calls.put(True)  # a thread may have looked for it just now
                return
            _do(work, False, *arguments)


def _do(work: Callable, *arguments) -> None:
    try:
        work(*arguments)
    except BaseException:  # a SystemExit too: it would end the thread, and nothing else
        log.exception("A request got no answer of ours.")
