"""The threads that requests run in, and the line of those that wait for one."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

log = logging.getLogger(__name__)

TICK = 0.05  # seconds: how exactly patience is kept
LONG = 0.025  # seconds: most jobs take a few thousandths


class Reign:
    """The time for which one thread leads. The watch may end it, or the thread that ends itself."""

    over = False
    busy_since: float | None = None

    def is_held_up(self, now: float) -> bool:
        since = self.busy_since
        return not self.over and since is not None and now - since > LONG


class Threads:
    """A pool for many small jobs. One thread leads: it does all of them, while the others sleep.

    Only where its job takes long, for it waits for a lock in the database, say, does the next one
    lead. Threads that all take part hand Python's lock from one to the other, which costs more than
    what they do while another one waits.
    """

    def __init__(self, number: int, patience: float):
        self._number = number
        self._patience = patience
        # Whoever takes a job from the line has it: a thread, or the watch when it waited too long.
        self._line = deque()
        self._calls = SimpleQueue()  # True lets a thread look at the line, False ends one
        self._lead, self._reign = threading.Lock(), Reign()
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
        while True:
            self._lead.acquire()
            reign = self._reign = Reign()
            while not reign.over:
                if not self._calls.get():
                    return self._depose(reign)
                reign.busy_since = time.monotonic()
                self._do_the_first()
                reign.busy_since = None

    def _depose(self, reign: Reign) -> None:
        if not reign.over:
            reign.over = True
            self._lead.release()

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
            now = time.monotonic()
            self._turn_away(came_before=now - self._patience)
            if self._reign.is_held_up(now):
                self._depose(self._reign)
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
