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

from neofi import outages, problems
from neofi.bodies import Bodies, Refusal
from neofi.middleware import sane_request_id
from neofi.renderers import ProblemRenderer

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
            return busy(environ)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, call, self._wsgi, environ)
        finally:
            self._free.release()


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
    """Status, headers and the whole content of the answer."""
    started = []
    response = wsgi(environ, lambda *status_and_headers: started.extend(status_and_headers))
    try:
        content = b"".join(response)
    finally:
        response.close()
    status, headers = started
    return int(status[:3]), encoded(headers), content


def encoded(headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def busy(environ: dict) -> tuple:
    """No thread was free in time, and so Django does not get to see the request."""
    log.warning("Refused for now: no thread is free.")
    refusal = outages.busy()
    content = ProblemRenderer().render(
        problems.body(refusal.status_code, refusal.detail.code, refusal.detail)
    )
    headers = {
        "Content-Type": problems.MEDIA_TYPE,
        "Content-Length": str(len(content)),
        "Retry-After": problems.retry_after(refusal.wait),
        "X-Request-ID": sane_request_id(environ.get("HTTP_X_REQUEST_ID", "")),
    }
    return HTTPStatus.SERVICE_UNAVAILABLE, encoded(headers.items()), content
