"""The requests that reach Django, and the answers that leave."""

import asyncio
import json
import threading
from http import HTTPStatus

from neofi.bodies import Bodies
from neofi.front import Front

SCOPE = {
    "type": "http",
    "method": "GET",
    "http_version": "1.1",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "server": ("127.0.0.1", "8000"),
    "client": ("10.0.0.7", "1234"),
    "headers": [],
}


def front(wsgi, threads=1, patience=5.0) -> Front:
    return Front(wsgi, threads, patience, Bodies(100, 5))


async def ask(application, *parts: bytes, **scope) -> list[dict]:
    sent = []
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.request"}

    async def send(message):
        sent.append(message)

    await application(SCOPE | scope, receive, send)
    return sent


def environ_of(*parts: bytes, **scope) -> dict:
    """What Django gets to see of a request."""
    seen = []

    def wsgi(environ, start_response):
        seen.append(environ)
        return answer("200 OK", start_response)

    asyncio.run(ask(front(wsgi), *parts, **scope))
    return seen[0]


class Answer(list):
    """What a WSGI application returns."""

    closed = False

    def close(self):
        self.closed = True


def answer(status, start_response, *content) -> Answer:
    start_response(status, [("X-Answer", "é")])
    return Answer(content)


def test_an_answer_leaves_whole_and_is_closed():
    answers = []

    def wsgi(environ, start_response):
        answers.append(answer("201 Created", start_response, b"a", b"b"))
        return answers[0]

    start, body = asyncio.run(ask(front(wsgi)))
    assert (start["status"], start["headers"]) == (201, [(b"X-Answer", b"\xe9")])
    assert body["body"] == b"ab"
    assert answers[0].closed


def test_paths_and_queries_are_those_of_pep_3333():
    environ = environ_of(raw_path=b"/caf%C3%A9/%00", query_string=b"a=%00")
    assert environ["PATH_INFO"] == "/caf\xc3\xa9/\x00"
    assert environ["QUERY_STRING"] == "a=%00"
    assert environ["REMOTE_ADDR"] == "10.0.0.7"


def test_headers_of_one_name_are_joined():
    headers = [(b"x-a", b"1"), (b"x-a", b"2"), (b"cookie", b"a=b"), (b"cookie", b"c=d")]
    environ = environ_of(headers=headers)
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=b;c=d")


def test_an_underscore_does_not_pass_for_a_hyphen():
    """A proxy replaces X-Forwarded-For; it knows nothing of X_Forwarded_For."""
    assert "HTTP_X_FORWARDED_FOR" not in environ_of(headers=[(b"x_forwarded_for", b"10.0.0.1")])


def test_a_body_has_the_length_that_it_has():
    headers = [(b"transfer-encoding", b"chunked"), (b"content-type", b"a/b")]
    environ = environ_of(b"abc", b"de", method="POST", headers=headers)
    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == ("5", "a/b")
    assert environ["wsgi.input"].read() == b"abcde"


def test_when_no_thread_is_free_for_long_the_answer_is_busy():
    go_on = threading.Event()

    def wsgi(environ, start_response):
        go_on.wait(5)
        return answer("200 OK", start_response)

    async def two():
        application = front(wsgi, patience=0.05)
        first = asyncio.create_task(ask(application))
        await asyncio.sleep(0)
        refused = await ask(application, headers=[(b"x-request-id", b"mine")])
        go_on.set()
        return await first, refused

    (first, _), (refused, body) = asyncio.run(two())
    assert (first["status"], refused["status"]) == (200, HTTPStatus.SERVICE_UNAVAILABLE)
    headers = dict(refused["headers"])
    assert headers[b"Content-Type"] == b"application/problem+json"
    assert (headers[b"Retry-After"], headers[b"X-Request-ID"]) == (b"1", b"mine")
    assert json.loads(body["body"])["code"] == "busy"


def test_what_is_no_request_gets_no_answer():
    assert asyncio.run(ask(front(None), type="lifespan")) == []
