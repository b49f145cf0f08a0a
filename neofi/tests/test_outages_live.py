"""PostgreSQL, the network and clients fail under a real server, with real processes."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.postgres import OwnPostgres
from neofi.tests.refusals import JSON
from neofi.tests.test_http import Answer, chunks, read_answer
from neofi.tests.test_serve import Serving

pytestmark = pytest.mark.slow

PATIENCE = 10  # seconds that nobody waits longer than
EVENT = {"title": "Planning", "start_time": "2030-01-01T09:00Z", "end_time": "2030-01-01T10:00Z"}
CHUNKED = "Transfer-Encoding: chunked"


class Live(Serving):
    """A server on a database of its own choice, and somebody who is signed in there."""

    def __init__(self, var_dir, **environment):
        super().__init__(var_dir)
        # Nobody reads what it prints: in a full pipe it would stop.
        self.environment = {"LOG_LEVEL": "CRITICAL"} | environment
        self.token = ""

    def command(self, **environment):
        return super().command(**self.environment, **environment)

    def head(self, method: str, path: str, *headers: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        return "\r\n".join([*lines, "", ""]).encode()

    def ask(self, method: str, path: str, body=None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        length = f"Content-Length: {len(content)}"
        head = self.head(method, path, f"Content-Type: {JSON}", length)
        with self.client(head, content) as sock:
            return read_answer(sock)

    def register(self, name: str = "ada"):
        person = {"username": name, "email": f"{name}@example.org", "password": "a long passphrase"}
        self.token = self.ask("POST", "/api/auth/register", person).json()["access"]

    def event(self) -> str:
        """The path of a new event."""
        return f"/api/events/{self.ask('POST', '/api/events', EVENT).json()['id']}"

    @contextmanager
    def client(self, *parts: bytes):
        """Somebody who sends just this, and stays."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as sock:
            for part in parts:
                sock.sendall(part)
            yield sock


@contextmanager
def served(postgres, **environment):
    with TemporaryDirectory() as folder:
        server = Live(Path(folder), DATABASE_URL=postgres.url, **environment)
        try:
            server.start()
            yield server
        finally:
            server.end()


@pytest.fixture(scope="module")
def postgres():
    with OwnPostgres() as postgres:
        yield postgres


@pytest.fixture(scope="module")
def server(postgres):
    limits = {"BODY_TIMEOUT": 1, "DATABASE_LOCK_TIMEOUT": 0.5}
    with served(postgres, **limits) as server:
        server.register()
        yield server


@pytest.fixture
def event(server):
    return server.event()


def titles(postgres) -> list[str]:
    with postgres.connect() as connection:
        return [title for (title,) in connection.execute("SELECT title FROM events_event")]


@contextmanager
def locked(postgres):
    """Every event's row is somebody else's."""
    connection = postgres.connect()
    connection.execute("SELECT FROM events_event FOR UPDATE")
    yield
    connection.close()


def assert_unavailable(answer: Answer, code: str) -> None:
    answer.assert_problem(503, code)
    assert int(answer.headers["retry-after"]) >= 1


BODY = b'{"title": "Never"}'
FRAMED = f"Content-Length: {len(BODY) + 1}"
BROKEN = {
    "a body that breaks off": (FRAMED, [BODY]),
    "chunks that break off": (CHUNKED, chunks(BODY)[:-1]),
    "chunks with no size": (CHUNKED, [*chunks(BODY)[:-1], b"ZZ\r\n\r\n"]),
    "a chunk longer than it says": (CHUNKED, [b"12\r\n" + BODY + b"XX0\r\n\r\n"]),
}


@pytest.mark.parametrize(("framing", "parts"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_body_is_refused_and_writes_nothing(server, postgres, event, framing, parts):
    head = server.head("PATCH", event, f"Content-Type: {JSON}", framing)
    with server.client(head, *parts) as sock:
        sock.shutdown(socket.SHUT_WR)
        read_answer(sock).assert_problem(400, "parse_error")
    assert "Never" not in titles(postgres)


@pytest.mark.parametrize(("framing", "parts"), BROKEN.values(), ids=BROKEN.keys())
def test_a_client_that_goes_away_in_mid_body_writes_nothing(
    server, postgres, event, framing, parts
):
    with server.client(server.head("PATCH", event, f"Content-Type: {JSON}", framing), *parts):
        time.sleep(0.05)
    assert server.ask("GET", event).json()["title"] == EVENT["title"]
    assert "Never" not in titles(postgres)


@pytest.mark.parametrize("framing", [FRAMED, CHUNKED])
def test_a_silent_body_ends_at_the_deadline(server, event, framing):
    head = server.head("PATCH", event, f"Content-Type: {JSON}", framing)
    with server.client(head) as sock:
        answer = read_answer(sock)
        answer.assert_problem(408, "request_timeout")
        assert answer.headers["connection"] == "close"
        assert sock.recv(1) == b""


def test_a_body_that_trickles_ends_at_the_deadline(server, event):
    head = server.head("PATCH", event, f"Content-Type: {JSON}", "Content-Length: 1000")
    with server.client(head) as sock:
        sock.settimeout(0.1)
        for _ in range(30):
            sock.sendall(b" ")
            try:
                read_answer(sock).assert_problem(408, "request_timeout")
            except TimeoutError:
                continue
            return
    raise AssertionError("it may go on for ever")


def test_slow_clients_keep_nobody_waiting(server, event):
    """There are eight threads; a hundred clients who send nothing hold none of them."""
    head = server.head("PATCH", event, f"Content-Type: {JSON}", FRAMED)
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    for sock in slow:
        sock.sendall(head)
    assert {server.ask("GET", "/api/events").status for _ in range(20)} == {200}
    for sock in slow:
        sock.close()


def test_a_locked_row_is_waited_for_and_then_refused(server, postgres, event):
    with locked(postgres):
        answer = server.ask("PATCH", event, {"title": "Never"})
    assert_unavailable(answer, "busy")
    assert server.ask("PATCH", event, {"title": "Now"}).status == 200


REQUESTS = [
    ("GET", "/api/events"),
    ("POST", "/api/events", EVENT),
    ("POST", "/api/auth/login", {"username": "ada", "password": "a long passphrase"}),
]


def times_of(server, times: int) -> Iterator[tuple[Answer, float]]:
    """Each of the requests so many times, all at once: the answers, and how long they took."""

    def ask(request):
        began = time.monotonic()
        return server.ask(*request), time.monotonic() - began

    with ThreadPoolExecutor(16) as threads:
        yield from threads.map(ask, REQUESTS * times)


def test_while_postgresql_is_away_everybody_is_told_so_and_soon(server, postgres):
    postgres.kill()
    for answer, seconds in times_of(server, 8):
        assert_unavailable(answer, "database_unavailable")
        assert seconds < PATIENCE
    assert server.ask("GET", "/healthz").status == 200
    assert_unavailable(server.ask("GET", "/readyz"), "not_ready")
    postgres.start()
    assert {answer.status for answer, _ in times_of(server, 8)} == {200, 201}
    assert server.ask("GET", "/readyz").status == 200


def test_a_shutdown_by_the_administrator_is_told_alike(server, postgres):
    postgres.stop()
    for answer, _ in times_of(server, 2):
        assert_unavailable(answer, "database_unavailable")
    postgres.start()
    assert {answer.status for answer, _ in times_of(server, 2)} == {200, 201}


def test_pages_for_people_say_so_in_html(server, postgres):
    cookie = "Cookie: sessionid=abcdefghijklmnopqrstuvwxyz123456"
    postgres.stop()
    with server.client(server.head("GET", "/admin/", cookie, "Accept: text/html")) as sock:
        answer = read_answer(sock)
    postgres.start()
    assert answer.headers["content-type"].startswith("text/html")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert b"Traceback" not in answer.content


def test_a_kill_in_mid_transaction_is_recovered_from(server, postgres, event):
    with locked(postgres), ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(server.ask, "PATCH", event, {"title": "?"}) for _ in range(8)]
        time.sleep(0.2)
        postgres.kill()
        for answer in waiting:
            assert_unavailable(answer.result(), "database_unavailable")
    postgres.start()
    answers = [server.ask("PATCH", event, {"title": f"Again {n}"}).status for n in range(20)]
    assert answers == [200] * 20


@pytest.fixture(scope="module")
def pooled(postgres):
    """One worker with a pool of two, whose statements end before the waiting for locks does."""
    limits = {"DATABASE_LOCK_TIMEOUT": 0, "DATABASE_STATEMENT_TIMEOUT": 2}
    pool = {"WEB_CONCURRENCY": 1, "DATABASE_POOL_SIZE": 2, "DATABASE_POOL_TIMEOUT": 1}
    with served(postgres, **limits, **pool) as server:
        server.register("grace")
        yield server


def test_statements_end_and_an_exhausted_pool_is_not_waited_for_long(pooled, postgres):
    event = pooled.event()
    with locked(postgres), ThreadPoolExecutor(3) as threads:
        slow = [threads.submit(pooled.ask, "PATCH", event, {"title": "Never"}) for _ in range(2)]
        time.sleep(0.5)
        third = threads.submit(pooled.ask, "GET", "/api/events")
        assert_unavailable(third.result(), "database_unavailable")
        for answer in slow:
            assert_unavailable(answer.result(), "timeout")
    assert pooled.ask("PATCH", event, {"title": "Now"}).status == 200


def test_large_bodies_that_stall_keep_no_small_one_out(pooled):
    """Seventeen of them, each a byte short, are more than a worker takes at once."""
    size = 10 * 1024 * 1024
    head = pooled.head("POST", "/api/events", f"Content-Type: {JSON}", f"Content-Length: {size}")
    with ExitStack() as clients:
        stalled = [clients.enter_context(pooled.client(head)) for _ in range(17)]
        for sock in stalled:
            with suppress(OSError):  # the last ones are refused before they have sent it all
                sock.sendall(bytes(size - 1))
        assert pooled.ask("POST", "/api/events", EVENT).status == 201
        read_answer(stalled[0]).assert_problem(408, "request_timeout")
    assert pooled.ask("POST", "/api/events", EVENT).status == 201


def test_a_pool_gets_over_a_kill_in_mid_transaction(pooled, postgres):
    event = pooled.event()
    with locked(postgres), ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(pooled.ask, "PATCH", event, {"title": "?"}) for _ in range(2)]
        time.sleep(0.2)
        postgres.kill()
        for answer in waiting:
            assert_unavailable(answer.result(), "database_unavailable")
        for _ in range(3):
            assert_unavailable(pooled.ask("GET", event), "database_unavailable")
    postgres.start()
    assert {pooled.ask("GET", event).status for _ in range(10)} == {200}
