"""A database with a world in it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ..faulting.server import ROOT
from ..postgres import OwnPostgres
from . import loading
from .measuring import environment_of
from .world import World


def make(
    postgres: OwnPostgres, name: str, world: World, folder: Path, say: Callable[[str], None]
) -> None:
    """Migrated, filled, and as tidy as a server that has been running for long."""
    with postgres.connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = environment_of(postgres.url_of(name), folder)
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    with postgres.connect(dbname=name) as connection:
        loading.load(connection, world, "", say)
    say("vacuum")
    with postgres.connect(dbname=name, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
