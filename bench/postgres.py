"""A PostgreSQL of one's own, from the wheel's programs, to be killed and started again.

Works as root and as an ordinary user. Nothing else runs on it, and leaving it removes it:

    with OwnPostgres() as postgres:
        environment = {"DATABASE_URL": postgres.url}
        postgres.kill()
        postgres.start()
"""

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from neofi.embedded import sockets
from neofi.embedded.cluster import DATABASE, ROLE, Cluster
from neofi.embedded.home import find_home


class OwnPostgres:
    def __init__(self, durable: bool = True):
        """One that is not durable is faster, and forgets its latest writes when it is killed."""
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="neofi-postgres-"))
        self._folder.chmod(0o711)  # under root, PostgreSQL's own user has to pass through it
        self._cluster = Cluster(*find_home(self._folder / "postgres"))
        self.host = str(sockets.folder_of(self._cluster.home, self._cluster.account))

    @property
    def url(self) -> str:
        """For DATABASE_URL: the same at every start."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgres://{ROLE}@{quote(self.host, safe='')}:{sockets.PORT}/{database}"

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._cluster.log.read_text()

    @property
    def pid(self) -> int:
        """Of its main process, whose children are all the others."""
        return int((self._cluster.data / "postmaster.pid").read_text().split()[0])

    def connect(self, **options) -> psycopg.Connection:
        """A connection beside those of the server under test: to hold a lock, say."""
        place = {"host": self.host, "port": sockets.PORT, "user": ROLE, "dbname": DATABASE}
        return psycopg.connect(**place | options)

    def start(self) -> None:
        """Start it, or start it again with its data as the last end left them."""
        self._cluster.start(self._durable)
        if not self._cluster.wait_until_ready():
            raise self._cluster.error("does not start")

    def kill(self) -> None:
        """As a `kill -9` does: no shutdown, no word to anybody. Returns once all of it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        while self._cluster.is_alive():  # its children notice, and end by themselves
            time.sleep(0.01)

    def stop(self) -> None:
        """As an administrator does: open connections are told, and ended."""
        self._cluster.stop()

    def __enter__(self) -> "OwnPostgres":
        self.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._cluster.remove()
        shutil.rmtree(self._folder, ignore_errors=True)
