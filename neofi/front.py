"""Between the server and Django: clients are waited for here, and Django runs in threads.

A thread that reads from a client is lost for as long as that client likes, and the server's own
WSGI cannot tell a body that broke off from a whole one. So bodies arrive on the event loop, where
waiting costs nothing; only whole requests reach a thread, and answers leave it whole too.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from io import BytesIO
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from neofi import outages, problem_views, problems
from neofi.bodies import Bodies, Refusal
from neofi.logs import current_request_id
from neofi.middleware import access_log, request_id, sane_request_id

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
    """An ASGI application in front of a WSGI one."""

    def __init__(self, wsgi: Callable, threads: int, patience: float, bodies: Bodies):
        self._wsgi = wsgi
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._free = asyncio.Semaphore(threads)
        self._patience = patience
        self._bodies = bodies

    async def __call__(self, scope, receive, send) -> None:
        """One request. Servers that speak of other things (lifespan, websocket) get no answer."""
        if scope["type"] != "http":
            return
        async with self._bodies.received(scope, receive) as body:
            answer = await self._answer(environ_of(scope, body))
        status, headers, content = answer
        if isinstance(body, Refusal):
            headers.append((b"connection", b"close"))  # the rest of it would be the next request
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, environ: dict) -> tuple:
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            return answer_without_django(environ, busy)
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, call, self._wsgi, environ)
        # Whoever stops waiting for it (the client is gone, the server ends) stops no thread: that
        # one is free when it is done.
        work.add_done_callback(lambda _: self._free.release())
        return await asyncio.shield(work)


def environ_of(scope, body: bytes | Refusal) -> dict:
    """The request as WSGI has it (PEP 3333), with a body of a known length."""
    environ = CONSTANT | {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": scope["server"][1],
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
    }
    for name, value in scope["headers"]:
        if b"_" not in name:  # it would pass for the header with a hyphen, which proxies vouch for
            _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    # The same on every line of the log, whoever writes it.
    environ["HTTP_X_REQUEST_ID"] = sane_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    if isinstance(body, Refusal):
        body, environ["neofi.refusal"] = b"", body
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
    return environ


def _add_header(environ: dict, name: str, value: str) -> None:
    if name == "content-type":
        environ.setdefault("CONTENT_TYPE", value)
        return
    key = f"HTTP_{name.upper().replace('-', '_')}"
    separator = ";" if name == "cookie" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


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
