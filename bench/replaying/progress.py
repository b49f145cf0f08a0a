"""One line that says how far the work is: rewritten on a terminal, repeated at times in a log."""

import threading
import time
from typing import TextIO


class Progress:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.terminal = stream.isatty()
        self.every = 0.1 if self.terminal else 5.0  # seconds
        self.doing, self.done, self.total = "", 0, 0
        self.shown_at = 0.0
        self.lock = threading.Lock()

    def begin(self, doing: str, total: int) -> None:
        self.finish()
        self.doing, self.done, self.total = doing, 0, total
        self.shown_at = time.monotonic()

    def step(self, count: int = 1) -> None:
        self.done += count
        if time.monotonic() - self.shown_at >= self.every:
            self._show()

    def finish(self) -> None:
        if self.doing:
            self._show()
            if self.terminal:
                self._write("\n")
        self.doing = ""

    def say(self, message: str) -> None:
        self._write(f"\r\033[K{message}\n" if self.terminal else f"{message}\n")

    def _show(self) -> None:
        self.shown_at = time.monotonic()
        line = f"{self.doing}: {self.done:,} of {self.total:,}"
        self._write(f"\r\033[K{line}" if self.terminal else f"{line}\n")

    def _write(self, text: str) -> None:
        with self.lock:
            self.stream.write(text)
            self.stream.flush()
