"""Between the server and Django: clients are waited for here, and Django runs in threads.

A thread that reads from a client is lost for as long as that client likes, and the server's own
WSGI cannot tell a body that broke off from a whole one. So bodies arrive on the event loop, where
waiting costs nothing; only whole requests reach a thread, and answers leave it whole too.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache, partial
from http import HTTPStatus
from io import BytesIO
from itertools import chain
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from uuid_utils import uuid7  # its type is made ten times as fast as the standard library's

from neofi import outages, problem_views, problems
from neofi.bodies import Bodies, Refusal, announced_length, whole
from neofi.logs import current_request_id
from neofi.middleware import access_log, request_id, sane_request_id
from neofi.threads import Threads

log = logging.getLogger(__name__)

CONSTANT = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Front:
    """An ASGI application in front of a WSGI one, for granian.

    Its `send` does its work when it is called, in whatever thread: there is nothing to await, and
    an answer that left from the loop would wake that one for nothing.
    """

    def __init__(
        self,
        wsgi: Callable,
        threads: int,
        patience: float,
        bodies: Bodies,
        slow_paths: tuple[str, ...] = (),
    ):
        self._wsgi = wsgi
        self._threads = Threads(threads, patience)
        # A line of their own for bodies that are slow to work on by design, so that a flood of them
        # makes nobody else wait.
        self._slow_paths = slow_paths
        self._slow_thread = Threads(1, patience)
        self._bodies = bodies

    def take(self, scope, receive, send, loop) -> bool:
        """A request that brings no body, or a small one, needs no event loop; others are not taken.

        For `neofi.shortcut`. A small body is there before a thread is, as long as there is a line;
        if it is not, the loop waits for the rest.
        """
        if scope["type"] != "http":
            return False
        told = announced_length(scope)
        if told is None:
            self._threads.start(self._answer, scope, b"", send)
            return True
        taken = self._bodies.comes_at_once(scope, told)
        if taken:
            arriving = (told, receive(), receive, send, loop)
            self._threads_for(scope).start(self._answer_if_whole, scope, *arriving)
        return taken

    def _answer_if_whole(self, in_time: bool, scope, told, first, receive, send, loop) -> None:
        body = whole(first.result(), told) if first.done() else None
        if body is None and in_time:
            messages = chain([first], iter(receive, None))
            by_the_loop = self(scope, partial(next, messages), send)
            asyncio.run_coroutine_threadsafe(by_the_loop, loop).add_done_callback(log_failure)
        else:
            self._answer(in_time, scope, body or b"", send)

    async def __call__(self, scope, receive, send) -> None:
        """One request. Servers that speak of other things (lifespan, websocket) get no answer."""
        if scope["type"] != "http":
            return
        async with self._bodies.received(scope, receive) as body:
            answered = Future()
            self._threads_for(scope).start(self._answer, scope, body, send, answered)
            # Whoever stops waiting for it (the client is gone, the server ends) stops no thread.
            await asyncio.shield(asyncio.wrap_future(answered))

    def _threads_for(self, scope) -> Threads:
        return self._slow_thread if path_of(scope).startswith(self._slow_paths) else self._threads

    def _answer(self, in_time: bool, scope, body: bytes | Refusal, send, answered=None) -> None:
        try:
            status, headers, content = self._answer_to(environ_of(scope, body), in_time)
            if isinstance(body, Refusal):
                headers.append((b"connection", b"close"))  # the rest would be the next request
            send({"type": "http.response.start", "status": status, "headers": headers})
            send({"type": "http.response.body", "body": content})
        finally:
            if answered:
                answered.set_result(None)

    def _answer_to(self, environ: dict, in_time: bool) -> tuple:
        if in_time:
            return call(self._wsgi, environ)
        return answer_without_django(environ, busy)


def log_failure(future: Future) -> None:
    if not future.cancelled() and future.exception():
        log.error("A request got no answer of ours.", exc_info=future.exception())


def environ_of(scope, body: bytes | Refusal) -> dict:
    """The request as WSGI has it (PEP 3333), with a body of a known length."""
    environ = CONSTANT | {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": path_of(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": scope["server"][1],
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
    }
    for name, value in scope["headers"]:
        _add_header(environ, _key(name), value.decode("latin-1"))
    # The same on every line of the log, whoever writes it.
    given = environ.get("HTTP_X_REQUEST_ID")
    environ["HTTP_X_REQUEST_ID"] = sane_request_id(given) if given else str(uuid7())
    if isinstance(body, Refusal):
        body, environ["neofi.refusal"] = b"", body
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
    return environ


def path_of(scope) -> str:
    return unquote_to_bytes(scope["raw_path"]).decode("latin-1")


def _add_header(environ: dict, key: str | None, value: str) -> None:
    if key not in environ:
        if key:
            environ[key] = value
    elif key != "CONTENT_TYPE":
        environ[key] += (";" if key == "HTTP_COOKIE" else ",") + value


@lru_cache(maxsize=128)
def _key(name: bytes) -> str | None:
    """What WSGI calls the header; None for one that is left out."""
    if b"_" in name:  # it would pass for the header with a hyphen, which proxies vouch for
        return None
    if name == b"content-type":
        return "CONTENT_TYPE"
    return f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"


def call(wsgi: Callable, environ: dict) -> tuple:
    """Status, headers and the whole content of the answer, whatever happens."""
    token = current_request_id.set(environ["HTTP_X_REQUEST_ID"])
    try:
        return _call(wsgi, environ)
    except BaseException:  # a SystemExit too: in a thread it would end nothing but this request
        log.exception("Django gave no answer.")
        return answer_without_django(environ, failed)
    finally:
        current_request_id.reset(token)


def _call(wsgi: Callable, environ: dict) -> tuple:
    started = []
    response = wsgi(environ, lambda *status_and_headers: started.extend(status_and_headers))
    try:
        content = b"".join(response)
    finally:
        _close(response)
    status, headers = started
    return int(status[:3]), encoded(headers), content


def _close(response) -> None:
    try:
        response.close()
    except Exception:  # the answer is there: a write that was done must not pass for a failure
        log.exception("What comes after an answer failed.")


def encoded(headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def answer_without_django(environ: dict, view: Callable[[HttpRequest], HttpResponse]) -> tuple:
    """What Django does not get to see, or fails at, has an id and its line in the log all the same.

    The request is of the plainest kind, for it may be the making of Django's own that failed.
    """
    request = HttpRequest()
    request.META, request.method = environ, environ["REQUEST_METHOD"]
    request.path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    response = request_id(access_log(view))(request)
    response["Content-Length"] = len(response.content)
    return response.status_code, encoded(response.items()), response.content


def busy(request: HttpRequest) -> HttpResponse:
    """No thread was free in time."""
    log.warning("Refused for now: no thread is free.")
    refusal = outages.busy()
    response = problem_views.problem_response(
        refusal.status_code, refusal.detail.code, refusal.detail
    )
    response["Retry-After"] = problems.retry_after(refusal.wait)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return problem_views.problem_response(status, "error", problems.OUR_FAULT)
