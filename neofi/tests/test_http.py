"""What the test client cannot send: through the WSGI application, and through the real server."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPResponse
from io import BytesIO

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory

from accounts import services
from accounts.models import User
from accounts.tests.factories import UserFactory
from events.models import Event
from events.tests.factories import EventFactory
from neofi.tests.refusals import FORM, JSON, MSGPACK

LIMIT = settings.MAX_BODY_BYTES


class Answer:
    """Status, headers and body, wherever they come from."""

    def __init__(self, status: int, headers: dict[str, str], content: bytes):
        self.status, self.headers, self.content = status, headers, content

    def json(self):
        return json.loads(self.content)

    def assert_problem(self, status: int, code: str) -> None:
        assert (self.status, self.headers["content-type"]) == (status, "application/problem+json")
        assert self.headers["x-request-id"]
        assert self.json()["code"] == code


@pytest.fixture
def event(db):
    return EventFactory(by=UserFactory(username="owner"))


def token() -> str:
    owner = User.objects.get(username="owner")
    return str(services.start_session(user=owner)[1].access_token)


@pytest.fixture
def wsgi(db):
    """`wsgi(method, path, body, **environ)` calls the application as a server does.

    What Django does with connections between requests would end the test's transaction.
    """
    from neofi.wsgi import application

    def call(method: str, path: str, body: bytes = b"", **environ) -> Answer:
        environ = {
            **RequestFactory().generic(method, path).environ,
            "wsgi.input": BytesIO(body),
            "HTTP_AUTHORIZATION": f"Bearer {token()}",
            **environ,
        }
        answered = []
        response = application(
            {name: value for name, value in environ.items() if value is not None},
            lambda status, headers: answered.extend([int(status.split()[0]), headers]),
        )
        content = b"".join(response)
        response.close()
        status, headers = answered
        return Answer(status, {name.lower(): value for name, value in headers}, content)

    signals = (request_started, request_finished)
    for signal_ in signals:
        signal_.disconnect(close_old_connections)
    yield call
    for signal_ in signals:
        signal_.connect(close_old_connections)


CHARSETS = [
    "base64",
    "rot13",
    "hex",
    "idna",
    "undefined",
    "unicode_escape",
    "utf-16",
    "nothing",
    "",
]


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_is_not_looked_at(wsgi, event, charset):
    """JSON is UTF-8 (RFC 8259 section 8.1), and so is the query."""
    for name in ("charset", "CHARSET", "charset*", "x"):
        content_type = f"{JSON}; {name}={charset}''x"
        answer = wsgi(
            "GET", "/api/events", CONTENT_TYPE=content_type, QUERY_STRING="search=Plan%C3%A9"
        )
        assert answer.status == 200
        body = '{"title": "Café"}'.encode()
        answer = wsgi(
            "PATCH",
            f"/api/events/{event.pk}",
            body,
            CONTENT_TYPE=content_type,
            CONTENT_LENGTH=str(len(body)),
        )
        assert (answer.status, answer.json()["title"]) == (200, "Café")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; charset*=nothing''x",
        "multipart/form-data; boundary=b; charset=base64",
        f"{FORM}; charset=base64",
        "; charset=base64",
        "a/b" + "; a=b" * 10_000,
    ],
)
def test_parameters_of_other_types_are_not_looked_at_either(wsgi, event, content_type):
    sent = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": "5"}
    wsgi("POST", "/api/events", b"a=b&c", **sent).assert_problem(415, "unsupported_media_type")


def test_the_boundary_of_a_multipart_form_is_kept():
    from neofi.wsgi import forget_charset

    for boundary in ("boundary=abc", 'boundary="a b;c"', "Boundary=abc"):
        environ = {"CONTENT_TYPE": f"multipart/form-data; charset=base64; {boundary}; x=y"}
        forget_charset(environ)
        assert environ["CONTENT_TYPE"] == f"multipart/form-data; {boundary}"


class Granian:
    """A real server on this test's database, spoken to byte by byte."""

    def __init__(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        application = ["neofi.tests.one_server:application", "--factory", "--interface", "asginl"]
        small = ["--workers", "1", "--no-ws"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *application, *small, "--port", str(self.port)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"TEST_DATABASE": connection.settings_dict["NAME"]},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait()

    def wait(self):
        for _ in range(200):
            try:
                if self.ask(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not come up")

    def ask(self, *parts: bytes, end: bool = False) -> Answer:
        """Send these bytes, one part after the other, and read one answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as sock:
            for part in parts:
                sock.sendall(part)
                time.sleep(0.02 if len(parts) > 1 else 0)
            if end:
                sock.shutdown(socket.SHUT_WR)
            return read_answer(sock)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def read_answer(sock) -> Answer:
    response = HTTPResponse(sock)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        server = Granian()
    yield server
    server.stop()


@pytest.fixture
def live(server, transactional_db):
    """The server, with an event that is there for it to see."""
    EventFactory(by=UserFactory(username="owner"))
    return server


def head(line: str, *headers: str) -> bytes:
    lines = [f"{line} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token()}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def patch(*headers: str) -> bytes:
    event = Event.objects.get()
    return head(f"PATCH /api/events/{event.pk}", f"Content-Type: {JSON}", *headers)


def chunks(*parts: bytes) -> list[bytes]:
    return [b"%x\r\n%s\r\n" % (len(part), part) for part in parts] + [b"0\r\n\r\n"]


def titles() -> list[str]:
    return list(Event.objects.values_list("title", flat=True))


slow = pytest.mark.slow
TE = "Transfer-Encoding: chunked"


@slow
def test_chunks_are_read(live):
    answer = live.ask(patch(TE), *chunks(b'{"title": ', b'"In ', b'chunks"}'))
    assert (answer.status, titles()) == (200, ["In chunks"])


@slow
def test_chunks_beat_a_length(live):
    """So RFC 9112 section 6.3 has it; else a proxy and we would disagree about where it ends."""
    answer = live.ask(patch(TE, "Content-Length: 2"), *chunks(b'{"title": "In chunks"}'))
    assert answer.status == 400 or titles() == ["In chunks"]


@slow
def test_chunks_of_no_json_are_refused(live):
    live.ask(patch(TE), *chunks(b'{"title": ')).assert_problem(400, "parse_error")
    assert titles() == ["Planning"]


@slow
def test_chunks_over_the_limit_are_refused_whoever_sends_them(live):
    line = f"POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON}\r\n{TE}\r\n\r\n"
    answer = live.ask(line.encode(), *chunks(b" " * (LIMIT + 1)))
    answer.assert_problem(413, "too_large")


@slow
def test_a_length_over_the_limit_is_refused_before_the_body_comes(live):
    length = f"Content-Length: {LIMIT + 1}"
    live.ask(patch(length)).assert_problem(413, "too_large")
    live.ask(patch(length, "Expect: 100-continue")).assert_problem(413, "too_large")


@slow
def test_a_client_may_wait_to_be_told_to_go_on(live):
    body = b'{"title": "Waited"}'
    answer = live.ask(patch(f"Content-Length: {len(body)}", "Expect: 100-continue"), body)
    assert (answer.status, titles()) == (200, ["Waited"])


@slow
@pytest.mark.parametrize("length", ["-1", "+5", "abc", "1, 2", "9" * 30, "0x10", ""])
def test_lengths_that_are_none_are_refused(live, length):
    answer = live.ask(patch(f"Content-Length: {length}"), b'{"title": "Never"}')
    assert 400 <= answer.status < 500
    assert titles() == ["Planning"]


@slow
def test_a_body_that_ends_too_soon_is_refused(live):
    live.ask(patch("Content-Length: 50"), b'{"title": "Ne', end=True).assert_problem(
        400, "parse_error"
    )
    assert titles() == ["Planning"]


LIST = b"GET /api/events HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
HEADS = {
    "a token in no ASCII": (LIST + HOST + b"Authorization: Bearer \xff\xe2\x82\r\n", 401),
    "a token in UTF-8": (LIST + HOST + b"Authorization: Bearer \xe2\x82\xac\r\n", 401),
    "a cookie in no ASCII": (LIST + HOST + b"Cookie: sessionid=\xff\xfe\r\n", 401),
    "nul in a header": (LIST + HOST + b"X-Request-ID: a\x00b\r\n", 400),
    "no colon": (LIST + HOST + b"nothing\r\n", 400),
    "no host": (LIST, 400),
    "an empty host": (LIST + b"Host:\r\n", 400),
    "two hosts": (LIST + HOST + b"Host: evil.example\r\n", 400),
    "another host": (LIST + b"Host: evil.example\r\n", 400),
    "HTTP/1.0 without a host": (b"GET /api/events HTTP/1.0\r\n", 400),
    "a later HTTP": (b"GET /api/events HTTP/9.9\r\n" + HOST, 400),
    "a path in no ASCII": (b"GET /api/events\xff HTTP/1.1\r\n" + HOST, 400),
    "an escaped path of no UTF-8": (b"GET /api/%00%FF%ED%A0%80 HTTP/1.1\r\n" + HOST, 404),
    "an escaped slash": (b"GET /api/events%2F1 HTTP/1.1\r\n" + HOST, 401),
    "an escaped query of no UTF-8": (b"GET /api/events?a=%00%FF HTTP/1.1\r\n" + HOST, 401),
    "two slashes in front": (b"GET //evil.example/api/events HTTP/1.1\r\n" + HOST, 404),
    "a long query": (b"GET /api/events?%s HTTP/1.1\r\n" % (b"a" * 60_000) + HOST, 401),
    "a long path": (b"GET /%s HTTP/1.1\r\n" % (b"a" * 60_000) + HOST, 404),
    "a longer path": (b"GET /%s HTTP/1.1\r\n" % (b"a" * 100_000) + HOST, 414),
    "very many headers": (LIST + HOST + b"X-A: b\r\n" * 300, 431),
    "a star": (b"OPTIONS * HTTP/1.1\r\n" + HOST, 404),
    "an unknown method": (b"BREW /api/auth/login HTTP/1.1\r\n" + HOST, 405),
    "control characters": (b"\x00\x01\x02 HTTP/1.1\r\n" + HOST, 400),
}


@slow
@pytest.mark.parametrize(("lines", "status"), HEADS.values(), ids=HEADS.keys())
def test_heads_of_nonsense_are_refused(server, lines, status):
    """By the server itself, with no body, or by us with a problem."""
    answer = server.ask(lines + b"Connection: close\r\n\r\n")
    assert answer.status == status
    if answer.content:
        assert answer.json()["status"] == status


@slow
def test_a_refused_body_does_not_become_the_next_request(live):
    """A 401 that leaves its body unread must not leave it in the connection, either."""
    smuggled = b"DELETE /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
    first = b"POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(
        smuggled
    )
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as sock:
        sock.sendall(first + smuggled)
        assert read_answer(sock).status == 401
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(sock).status == 200


@slow
def test_messagepack_in_chunks(live):
    sent = head(f"PATCH /api/events/{Event.objects.get().pk}", f"Content-Type: {MSGPACK}", TE)
    answer = live.ask(sent, *chunks(b"\x81\xa5title\xa6", b"Packed"))
    assert (answer.status, titles()) == (200, ["Packed"])
