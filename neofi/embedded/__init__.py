"""A PostgreSQL server of our own, for whoever has set no DATABASE_URL.

Its programs come in a wheel. It listens on a Unix socket only and lets in nobody but its owner
and root. Importing this starts nothing: the first connection does (see neofi.db).
"""

from functools import cache
from pathlib import Path

from .errors import EmbeddedPostgresError
from .server import Server

__all__ = ["EmbeddedPostgresError", "Server", "server_in"]


@cache
def server_in(directory: Path, durable: bool) -> Server:
    """The one server object of this process for that directory."""
    return Server(directory, durable)
