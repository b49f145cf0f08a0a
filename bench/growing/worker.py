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

from .requests import Call, calls
from .world import READER, World, user_id

SIGNED_IN_FOR = 240  # seconds: less than an access token lasts


def main() -> None:
    world = World(*map(int, sys.argv[1:]))
    known = calls(world, encoder())
    client = Client()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        client.stay_signed_in()
        measured = [cost(client.send, known[asked["name"]]()) for _ in range(asked["times"])]
        rows = {rows for *_, rows in measured}
        costs = [found[:2] for found in measured]
        print(json.dumps({"costs": costs, "rows": sorted(rows)}), flush=True)


def encoder() -> Callable[..., str]:
    from events.changelog import KEYSET
    from events.ordering import ORDERINGS
    from neofi.pagination import Cursor

    keysets = {**ORDERINGS, KEYSET.name: KEYSET}
    return lambda name, *position: Cursor(position, False).encode(keysets[name])


class Client:
    """Goes through all of the application but its server."""

    def __init__(self) -> None:
        from accounts.models import User
        from neofi.wsgi import application

        self._application, self._user = application, User.objects.get(pk=user_id(READER))
        self._staff = staff_factory()
        self._sign_in()

    def stay_signed_in(self) -> None:
        """A worker may wait for its turn, or measure, for longer than a token lasts."""
        if time.monotonic() - self._signed_in_at > SIGNED_IN_FOR:
            self._sign_in()

    def _sign_in(self) -> None:
        from django.test import RequestFactory

        from accounts.services import start_session

        _, token = start_session(user=self._user)
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token.access_token}", "HTTP_HOST": "localhost"}
        self._factory = RequestFactory(**headers)
        self._signed_in_at = time.monotonic()

    def send(self, call: Call) -> tuple[int, bytes]:
        import orjson

        method, path, body = call
        sent = b"" if body is None else orjson.dumps(body)
        factory = self._staff if path.startswith("/admin/") else self._factory
        request = factory.generic(method, path, sent, "application/json")
        environ = {**request.environ, "wsgi.input": BytesIO(sent)}
        status = []
        response = self._application(environ, lambda line, headers: status.append(int(line[:3])))
        answer = b"".join(response)
        response.close()
        return status[0], answer


def staff_factory():
    """Requests of a superuser's browser."""
    from django.conf import settings
    from django.test import Client, RequestFactory

    from accounts.models import User
    from accounts.services import create_staff_user

    name = "benchmark"
    staff = User.objects.named(name).first() or create_staff_user(
        username=name, email=f"{name}@example.org", password="correct horse battery staple"
    )
    browser = Client()
    browser.force_login(staff, "accounts.backends.NameOrEmailBackend")
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}"
    return RequestFactory(HTTP_HOST="localhost", HTTP_COOKIE=cookie)


def cost(send: Callable, call: Call) -> tuple[float, float, int]:
    """What one request takes of the two processes, and how many rows its answer has."""
    ours, theirs = time.process_time_ns(), database_ns()
    status, answer = send(call)
    ours = time.process_time_ns() - ours
    theirs = database_ns() - theirs
    if status != 200:
        raise SystemExit(f"{call}: {status} {answer[:500]!r}")
    return ours / 1e6, theirs / 1e6, rows_of(answer)


def database_ns() -> int:
    """Of our connection's process: the time it has had on a processor."""
    from django.db import connection

    connection.ensure_connection()
    statistics = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    try:
        return int(statistics.read_text().split()[0])
    except OSError:
        return time.perf_counter_ns()


def rows_of(body: bytes) -> int:
    if body.lstrip()[:1] == b"<":
        return body.count(b"<tr")
    answer = json.loads(body)
    return len(answer.get("results", answer.get("changes", [])))


if __name__ == "__main__":
    import django

    django.setup()
    main()
