"""A lock file, so that benchmarks on one machine take turns."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = Path(tempfile.gettempdir()) / "bench.lock"


@contextmanager
def turn(lock: Path) -> Iterator[None]:
    """Nobody else who asks measures in this block. `flock FILE COMMAND` in a shell asks too."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
