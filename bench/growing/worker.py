"""One process with one world: it answers requests in-process, and says what they cost.

Reads a JSON line `{"name", "times"}`, writes one `{"costs": [[ours, PostgreSQL's], ...], "rows"}`,
in milliseconds of a processor. Without /proc, PostgreSQL's are those of the clock.
"""

import json
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from .requests import Call, calls
from .world import READER, World, user_id


def main() -> None:
    world = World(*map(int, sys.argv[1:]))
    known = calls(world, encoder())
    send = sender()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        measured = [cost(send, known[asked["name"]]()) for _ in range(asked["times"])]
        rows = {rows for *_, rows in measured}
        costs = [found[:2] for found in measured]
        print(json.dumps({"costs": costs, "rows": sorted(rows)}), flush=True)


def encoder() -> Callable[..., str]:
    from events.changelog import KEYSET
    from events.ordering import ORDERINGS
    from neofi.pagination import Cursor

    keysets = {**ORDERINGS, KEYSET.name: KEYSET}
    return lambda name, *position: Cursor(position, False).encode(keysets[name])


def sender() -> Callable[[Call], tuple[int, bytes]]:
    """Through all of the application but its server."""
    import orjson
    from django.test import RequestFactory

    from accounts.models import User
    from accounts.services import start_session
    from neofi.wsgi import application

    _, token = start_session(user=User.objects.get(pk=user_id(READER)))
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token.access_token}", "HTTP_HOST": "localhost"}
    factory = RequestFactory(**headers)

    def send(call: Call) -> tuple[int, bytes]:
        method, path, body = call
        sent = b"" if body is None else orjson.dumps(body)
        request = factory.generic(method, path, sent, "application/json")
        environ = {**request.environ, "wsgi.input": BytesIO(sent)}
        status = []
        response = application(environ, lambda line, headers: status.append(int(line[:3])))
        answer = b"".join(response)
        response.close()
        return status[0], answer

    return send


def cost(send: Callable, call: Call) -> tuple[float, float, int]:
    """What one request takes of the two processes, and how many rows its answer has."""
    ours, theirs = time.process_time_ns(), database_ns()
    status, answer = send(call)
    ours = time.process_time_ns() - ours
    theirs = database_ns() - theirs
    if status != 200:
        raise SystemExit(f"{call}: {status} {answer[:500]!r}")
    return ours / 1e6, theirs / 1e6, rows_of(json.loads(answer))


def database_ns() -> int:
    """Of our connection's process: the time it has had on a processor."""
    from django.db import connection

    connection.ensure_connection()
    statistics = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    try:
        return int(statistics.read_text().split()[0])
    except OSError:
        return time.perf_counter_ns()


def rows_of(answer: Any) -> int:
    return len(answer.get("results", answer.get("changes", [])))


if __name__ == "__main__":
    import django

    django.setup()
    main()
