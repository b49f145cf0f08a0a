"""What is measured: one PostgreSQL, and the two servers on it, each with its own database."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..faulting.server import ROOT
from ..postgres import OwnPostgres
from .servers import LimitServer, OurServer
from .targets import PEOPLE, Limit, Ours, Target
from .turns import turn

DATABASE = "reference"
SECRET = "of the reference server, which nobody else reaches"


@dataclass
class World:
    folder: Path
    postgres: OwnPostgres
    ours: Ours
    limit: Limit

    @property
    def targets(self) -> list[Target]:
        return [self.limit, self.ours]

    def tidy(self) -> None:
        """So that nobody's measurement pays for what came before."""
        for database in ("neofi", DATABASE):
            with self.postgres.connect(dbname=database, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
                connection.execute("CHECKPOINT")


@contextmanager
def whole_world(lock: Path, events: int, say: Callable[[str], None]) -> Iterator[World]:
    """All of it, started and with its data; removed at the end, however that comes."""
    folder = Path(tempfile.mkdtemp(prefix="neofi-load-"))
    folder.chmod(0o711)
    servers = []
    try:
        with OwnPostgres() as postgres:
            try:
                with turn(lock):
                    limit_server, people = new_limit_server(folder, postgres)
                    servers += [OurServer(folder, postgres.url), limit_server]
                    for server in servers:
                        server.start()
                ours, limit = Ours(servers[0]), Limit(servers[1], SECRET, people)
                world = World(folder, postgres, ours, limit)
                for target in world.targets:
                    with turn(lock):
                        say(populate(target, events))
                with turn(lock):
                    world.tidy()
                yield world
            finally:
                for server in servers:
                    server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_limit_server(folder: Path, postgres: OwnPostgres) -> tuple[LimitServer, list[int]]:
    """With the ids of its people: nobody registers there."""
    with postgres.connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    with postgres.connect(dbname=DATABASE) as connection:
        connection.execute((ROOT / "bench" / "limit" / "schema.sql").read_text())
        people = [
            connection.execute("INSERT INTO person (name) VALUES (%s) RETURNING id", [name])
            for name in [f"person-{number}" for number in range(PEOPLE)]
        ]
        ids = [found.fetchone()[0] for found in people]
    return LimitServer(folder, postgres.url_of(DATABASE), SECRET), ids


def populate(target: Target, events: int) -> str:
    """Tells how long it took."""
    began = time.monotonic()
    target.populate(events)
    count = sum(map(len, target.events))
    return f"{target.name}: {count:,} events put in, {time.monotonic() - began:.1f} s"
