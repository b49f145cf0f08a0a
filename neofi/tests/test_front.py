"""The requests that reach Django, and the answers that leave."""

import asyncio
import json
import logging
import threading
from concurrent.futures import Future
from http import HTTPStatus
from queue import SimpleQueue

import pytest

from neofi.bodies import Bodies
from neofi.front import Front
from neofi.logs import RequestId

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


def front(wsgi, threads=1, patience=5.0, slow_paths=()) -> Front:
    return Front(wsgi, threads, patience, Bodies(100, 5), slow_paths)


async def ask(application, *parts: bytes, **scope) -> list[dict]:
    sent = []
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.request"}

    await application(SCOPE | scope, receive, sent.append)
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


@pytest.fixture
def lines(caplog):
    """What is logged: the request's id, the logger and the line, and whether it has a traceback."""
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(keeps_id := RequestId())
    yield lambda: [
        (record.request_id, record.name, record.getMessage(), bool(record.exc_info))
        for record in caplog.records
        if record.name.startswith("neofi")
    ]
    caplog.handler.removeFilter(keeps_id)


MINE = [(b"x-request-id", b"mine")]


def assert_problem(start: dict, body: dict, status: int, code: str) -> None:
    headers = dict(start["headers"])
    assert start["status"] == status
    assert headers[b"Content-Type"] == b"application/problem+json"
    assert headers[b"Content-Length"] == b"%d" % len(body["body"])
    assert headers[b"X-Request-ID"] == b"mine"
    assert json.loads(body["body"])["code"] == code


class Busy:
    """A WSGI application that takes as long as it is told."""

    def __init__(self):
        self.go_on = threading.Event()
        self.at_once = self.most_at_once = 0

    def __call__(self, environ, start_response):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.go_on.wait(5)
        self.at_once -= 1
        return answer("200 OK", start_response)


def test_when_no_thread_is_free_for_long_the_answer_is_busy(lines):
    wsgi = Busy()

    async def two():
        application = front(wsgi, patience=0.05)
        first = asyncio.create_task(ask(application))
        await asyncio.sleep(0)
        refused = await ask(application, raw_path=b"/caf%C3%A9", headers=MINE)
        wsgi.go_on.set()
        return await first, refused

    (first, _), refused = asyncio.run(two())
    assert first["status"] == 200
    assert_problem(*refused, HTTPStatus.SERVICE_UNAVAILABLE, "busy")
    assert dict(refused[0]["headers"])[b"Retry-After"] == b"1"
    word, access = lines()
    assert word == ("mine", "neofi.front", "Refused for now: no thread is free.", False)
    assert access[:2] == ("mine", "neofi.access")
    path = "method=GET path=/caf\\xe9 status=503 "
    assert access[2].startswith(f"address=10.0.0.7 user=- {path}")


def test_slow_paths_have_a_line_of_their_own():
    slow = Busy()

    def wsgi(environ, start_response):
        if environ["PATH_INFO"].startswith("/slow"):
            return slow(environ, start_response)
        return answer("200 OK", start_response)

    async def many():
        application = front(wsgi, patience=0.1, slow_paths=("/slow",))
        paths = [b"/slow", b"/%73low/", b"/slower"]
        waiting = [asyncio.create_task(ask(application, raw_path=path)) for path in paths]
        await asyncio.sleep(0)
        others = [(await ask(application, raw_path=path))[0] for path in (b"/", b"/not/slow")]
        await asyncio.sleep(0.3)
        slow.go_on.set()
        return [(await task)[0]["status"] for task in waiting], [one["status"] for one in others]

    assert asyncio.run(many()) == ([200, 503, 503], [200, 200])
    assert slow.most_at_once == 1


def test_whoever_stops_waiting_frees_no_thread():
    wsgi = Busy()

    async def three():
        application = front(wsgi, patience=0.05)
        gone = asyncio.create_task(ask(application))
        await asyncio.sleep(0.02)
        gone.cancel()
        (refused, _) = await ask(application)
        wsgi.go_on.set()
        await asyncio.sleep(0.2)
        (served, _) = await ask(application)
        return gone.cancelled(), refused["status"], served["status"]

    assert asyncio.run(three()) == (True, HTTPStatus.SERVICE_UNAVAILABLE, 200)
    assert wsgi.most_at_once == 1


def raising(environ, start_response):
    raise KeyError("secret")


def exiting(environ, start_response):
    raise SystemExit(3)


def never_starting(environ, start_response):
    return Answer()


def unsendable(environ, start_response):
    start_response("200 OK", [("X-Answer", "\N{SNOWMAN}")])
    return Answer()


def breaking_off(environ, start_response):
    start_response("200 OK", [])
    return BreakingOff([b"a"])


class BreakingOff(Answer):
    def __iter__(self):
        yield b"a"
        raise KeyError("secret")


@pytest.mark.parametrize("wsgi", [raising, exiting, never_starting, unsendable, breaking_off])
def test_what_django_fails_at_is_a_problem_too(lines, wsgi):
    start, body = asyncio.run(ask(front(wsgi), headers=MINE))
    assert_problem(start, body, HTTPStatus.INTERNAL_SERVER_ERROR, "error")
    assert b"secret" not in body["body"]
    word, access = lines()
    assert word == ("mine", "neofi.front", "Django gave no answer.", True)
    assert access[:2] == ("mine", "neofi.access")
    assert "status=500" in access[2]


class Unclosable(Answer):
    def close(self):
        raise KeyError("no")


def test_what_fails_after_an_answer_does_not_cost_it(lines):
    def wsgi(environ, start_response):
        start_response("201 Created", [])
        return Unclosable([b"done"])

    start, body = asyncio.run(ask(front(wsgi), headers=MINE))
    assert (start["status"], body["body"]) == (201, b"done")
    assert lines() == [("mine", "neofi.front", "What comes after an answer failed.", True)]


def test_a_thread_is_free_again_after_a_failure():
    async def many():
        application = front(raising, patience=0.05)
        return [(await ask(application))[0]["status"] for _ in range(3)]

    assert asyncio.run(many()) == [500] * 3


def test_django_is_told_the_id_that_the_log_has():
    assert environ_of(headers=MINE)["HTTP_X_REQUEST_ID"] == "mine"
    assert len(environ_of(headers=[(b"x-request-id", b"not sane")])["HTTP_X_REQUEST_ID"]) == 36


def test_what_is_no_request_gets_no_answer():
    assert asyncio.run(ask(front(None), type="lifespan")) == []


def echo(environ, start_response) -> Answer:
    return answer("200 OK", start_response, environ["wsgi.input"].read())


def known(message: dict) -> Future:
    future = Future()
    future.set_result(message)
    return future


def test_what_brings_no_body_needs_no_loop():
    sent = SimpleQueue()
    assert front(echo).take(SCOPE, None, sent.put, None)
    assert sent.get(timeout=5)["status"] == 200
    assert sent.get(timeout=5)["body"] == b""


def test_a_small_body_that_is_there_needs_no_loop():
    sent = SimpleQueue()
    message = known({"type": "http.request", "body": b"ab", "more_body": True})
    scope = SCOPE | {"headers": [(b"content-length", b"2")]}
    assert front(echo).take(scope, lambda: message, sent.put, None)
    assert sent.get(timeout=5)["status"] == 200
    assert sent.get(timeout=5)["body"] == b"ab"


TWO_BYTES = SCOPE | {"headers": [*MINE, (b"content-length", b"2")]}


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_small_body_too_is_refused_if_no_thread_is_free_for_long(is_whole):
    wsgi, sent, first = Busy(), SimpleQueue(), SimpleQueue()
    message = known({"type": "http.request", "body": b"ab"}) if is_whole else Future()
    application = front(wsgi, patience=0.05)
    application.take(SCOPE, None, first.put, None)
    assert application.take(TWO_BYTES, lambda: message, sent.put, None)
    refusal = [sent.get(timeout=5) for _ in range(2)]
    wsgi.go_on.set()
    assert_problem(*refusal, HTTPStatus.SERVICE_UNAVAILABLE, "busy")
    assert first.get(timeout=5)["status"] == 200


def test_a_small_body_on_a_slow_path_waits_in_the_slow_line():
    slow, sent, other = Busy(), SimpleQueue(), SimpleQueue()
    message = known({"type": "http.request", "body": b"ab"})
    application = front(
        lambda environ, start: (echo if environ["PATH_INFO"] == "/" else slow)(environ, start),
        slow_paths=("/slow",),
    )
    assert application.take(TWO_BYTES | {"raw_path": b"/slow"}, lambda: message, sent.put, None)
    assert application.take(TWO_BYTES, lambda: message, other.put, None)
    assert other.get(timeout=5)["status"] == 200
    assert sent.empty()
    slow.go_on.set()
    assert sent.get(timeout=5)["status"] == 200


def test_a_failure_of_the_rest_is_logged(caplog):
    async def taken() -> None:
        loop = asyncio.get_running_loop()
        first = loop.create_future()
        assert front(echo).take(TWO_BYTES, lambda: first, None, loop)
        await asyncio.sleep(0.05)
        first.set_exception(RuntimeError("the server's"))
        await asyncio.sleep(0.05)

    asyncio.run(taken())
    assert "A request got no answer of ours." in caplog.text


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize(
    ("parts", "status"), [((b"a", b"b"), 200), ((b"ab",), 200), ((b"a", None), 400)]
)
def test_the_loop_waits_for_the_rest_of_a_small_body(is_late, parts, status):
    def wsgi(environ, start_response):
        refusal = environ.get("neofi.refusal")
        return answer(f"{refusal.status if refusal else 200} ?", start_response, b"")

    async def taken() -> int:
        loop, sent = asyncio.get_running_loop(), SimpleQueue()
        futures = [loop.create_future() for _ in parts]
        arriving = iter(futures)
        if not is_late:
            tell(futures[0], parts[0])
        assert front(wsgi).take(TWO_BYTES, lambda: next(arriving), sent.put, loop)
        await asyncio.sleep(0.05)
        for future, part in zip(futures, parts, strict=True):
            future.done() or tell(future, part)
        return (await asyncio.to_thread(sent.get, timeout=5))["status"]

    def tell(future, part):
        body = (
            {"type": "http.disconnect"} if part is None else {"type": "http.request", "body": part}
        )
        future.set_result({"more_body": True, **body})

    assert asyncio.run(taken()) == status


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "lifespan"},
        {"headers": [(b"content-length", b"101")]},
        {"headers": [(b"transfer-encoding", b"chunked")]},
        {"method": "POST", "http_version": "2"},
        {"headers": [(b"content-length", b"1")], "http_version": "2"},
    ],
)
def test_the_rest_goes_by_the_loop(scope):
    assert not front(None).take(SCOPE | scope, None, None, None)
