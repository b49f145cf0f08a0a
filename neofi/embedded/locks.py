"""flock on a file: the kernel releases it when its holder dies, however it dies."""

import fcntl
import os
import weakref
from pathlib import Path

_every_lock = weakref.WeakSet()


class FileLock:
    def __init__(self, path: Path):
        self.path = path
        self._fd: int | None = None
        _every_lock.add(self)

    def acquire(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, or change the kind of one that is held."""
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._fd, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def fileno(self) -> int:
        return self._fd

    @property
    def held(self) -> bool:
        return self._fd is not None

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *exc_info):
        self.release()


def _forget_the_parents_locks() -> None:
    # A fork shares the open file, and with it the lock: the child would keep it held after its
    # parent's death, and the parent would not see the child as a user of its own. Closing (not
    # unlocking) leaves the parent's lock as it is.
    for lock in _every_lock:
        lock.release()


os.register_at_fork(after_in_child=_forget_the_parents_locks)
