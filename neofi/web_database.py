"""A web server's limits on the database: nobody waits long, and what died is noticed.

Commands have none of them: a migration or a dump takes as long as it takes.
"""

from django.conf import settings
from django.db import connections

# Of a network that swallows everything no server can tell: the machine notices within ten seconds,
# both while it waits for an answer and while what it sent is not acknowledged.
KEEPALIVE = {
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def limit() -> None:
    """Give every connection that this process will open its limits. Call it before the first."""
    database = connections.settings["default"]
    options = database.setdefault("OPTIONS", {})
    options.update(KEEPALIVE, connect_timeout=settings.DATABASE_CONNECT_TIMEOUT)
    # What DATABASE_URL says itself comes last, and so wins.
    options["options"] = " ".join([*_timeouts(), options.get("options", "")]).strip()
    if settings.DATABASE_POOL_SIZE:
        options["pool"] = _pool()
        database["CONN_MAX_AGE"] = 0  # each request gives its connection back


def _timeouts() -> list[str]:
    """As arguments of the server. A limit of 0 is not sent: some poolers refuse any."""
    limits = {
        "lock_timeout": settings.DATABASE_LOCK_TIMEOUT,
        "statement_timeout": settings.DATABASE_STATEMENT_TIMEOUT,
        "idle_in_transaction_session_timeout": settings.DATABASE_IDLE_TIMEOUT,
    }
    return [f"-c {name}={seconds * 1000:.0f}ms" for name, seconds in limits.items() if seconds]


def _pool() -> dict:
    return {
        "min_size": 1,
        "max_size": settings.DATABASE_POOL_SIZE,
        "timeout": settings.DATABASE_POOL_TIMEOUT,
        # A connection that cannot be made is given up soon, and made again for the next request:
        # else the pauses between its tries would outlast the outage.
        "reconnect_timeout": settings.DATABASE_POOL_TIMEOUT,
    }
