"""Who uses the server: it is started by the first process that needs it, and stopped by the last.

Three locks tell. All are released by the kernel, so a killed process leaves no trace.

- `<directory>.lock`, exclusive: one process at a time makes, starts or stops the server.
- `users.lock`, shared: held by every process that uses the server.
- `server.lock`, exclusive: inherited by PostgreSQL itself, and so held for as long as one of its
  processes lives. That tells a live server from the files that a dead one left behind.
"""

import atexit
import os
import threading
from contextlib import suppress
from pathlib import Path

from . import sockets
from .cluster import ROLE, Cluster
from .errors import EmbeddedPostgresError
from .home import find_home
from .locks import FileLock


class Server:
    def __init__(self, directory: Path, durable: bool = True):
        self.directory = directory.absolute()
        self.durable = durable
        self._cluster: Cluster | None = None
        self._socket_folder: Path | None = None
        self._users: FileLock | None = None
        self._start_lock = FileLock(self.directory.with_name(f"{self.directory.name}.lock"))
        self._new_threads_lock()
        os.register_at_fork(after_in_child=self._new_threads_lock)
        atexit.register(self.leave)

    def connection_params(self) -> dict:
        """Where to connect. Starts the server, or starts it again, unless it runs."""
        with self._threads_lock:
            if not (self._is_joined() and self._is_reachable()):
                self._join()
            return {"host": str(self._socket_folder), "port": sockets.PORT, "user": ROLE}

    @property
    def place(self) -> str:
        """Who runs it and where its data is, for people. Known once it has been joined."""
        return f"as {self._cluster.account.name}, with its data in {self._cluster.home}"

    def leave(self) -> None:
        """Be no user of it any more; whoever leaves last stops it."""
        # Whoever removed the folder has ended the server too.
        with self._threads_lock, suppress(FileNotFoundError):
            if not self._is_joined():
                return
            with self._start_lock:
                if self._users.acquire(wait=False):
                    self._cluster.stop()
                self._users.release()

    def discard(self) -> None:
        """Stop it whoever uses it, and remove its data for good."""
        with self._threads_lock, self._start_lock:
            Cluster(*find_home(self.directory)).remove()
            if self._is_joined():
                self._users.release()

    def _join(self) -> None:
        try:
            self.directory.parent.mkdir(parents=True, exist_ok=True)
            with self._start_lock:
                self._cluster = self._cluster or Cluster(*find_home(self.directory))
                self._users = self._users or FileLock(self._cluster.home / "users.lock")
                self._users.acquire(shared=True)
                self._socket_folder = self._find_or_start()
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL in {self.directory} cannot be used: {error}"
            ) from error

    def _find_or_start(self) -> Path:
        cluster = self._cluster
        if cluster.is_alive():
            folder = cluster.wait_until_ready()
            if folder:
                return folder
            cluster.stop()  # alive but out of reach: its socket was cleaned away
        cluster.start(self.durable)
        folder = cluster.wait_until_ready()
        if not folder:
            raise cluster.error("does not start")
        return folder

    def _is_joined(self) -> bool:
        return self._users is not None and self._users.held

    def _is_reachable(self) -> bool:
        cluster = self._cluster
        return cluster.is_alive() and sockets.is_there(self._socket_folder, cluster.account)

    def _new_threads_lock(self) -> None:
        # Anew after a fork: the parent's may have been held by a thread that the child lacks.
        self._threads_lock = threading.RLock()
