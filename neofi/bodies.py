"""Bodies of requests: whole, in time and not too large, or refused. Knows ASGI and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf

KIB = 1024
# An ordinary call's body comes in whatever others do: up to this size it takes nothing of the room
# that all share. How many of them there are is bounded by the server's connections.
SMALL = 256 * KIB
# What the server reads together with the headers, at the first go: up to 8 KiB.
AT_ONCE = 4 * KIB
BODIES_IN_MEMORY = 16  # of the largest size, in one process: what is beyond the small ones
# What takes of the room has to keep coming: so many bytes a second, and no longer pause than this.
PACE = 16 * KIB
PAUSE = 5  # seconds: TCP may need three tries to get over a lost packet


@dataclass(frozen=True)
class Refusal:
    """Why a body is not taken; neofi.middleware.limit_body writes the answer."""

    status: HTTPStatus
    code: str
    detail: str
    retry_after: int | None = None


BROKEN_OFF = Refusal(
    HTTPStatus.BAD_REQUEST, "parse_error", "The body broke off, or its chunks are malformed."
)
TOO_SLOW = Refusal(
    HTTPStatus.REQUEST_TIMEOUT, "request_timeout", "The body took too long to arrive."
)
NO_ROOM = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Too many bodies are arriving at once. Nothing was written; try again.",
    retry_after=1,
)


@dataclass
class _Arriving:
    """One body on its way in. `free` is how much of it takes nothing of the room."""

    free: int
    held: bytearray = field(default_factory=bytearray)
    counted: int = 0
    due: float = inf  # when the next part has to be there

    def count(self) -> int:
        """How many bytes it takes of the room since this was last asked."""
        before, self.counted = self.counted, max(0, len(self.held) - self.free)
        return self.counted - before

    def extend(self, now: float, size: int) -> float:
        """When the next part has to be there, now that one of this size is."""
        if self.counted:
            self.due = min(self.due + size / PACE, now + PAUSE)
        return self.due


class Bodies:
    def __init__(self, largest: int, timeout: float):
        self._timeout = timeout
        self._largest = largest
        self._room = largest * BODIES_IN_MEMORY
        self._too_large = Refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too_large",
            f"A body may have up to {largest} bytes.",
        )

    def comes_at_once(self, scope, told: int) -> bool:
        """Whether its first part may well be all of it."""
        return 0 < told <= min(AT_ONCE, self._largest) and scope["http_version"] != "2"

    @asynccontextmanager
    async def received(self, scope, receive) -> AsyncIterator[bytes | Refusal]:
        """The body, which counts as held in memory until the end of the `with`."""
        told = announced_length(scope)
        if told is None:
            yield b""
            return
        if told > self._largest:
            yield self._too_large  # before it comes
            return
        # One connection of HTTP/2 brings many bodies at once, so there it bounds nothing.
        arriving = _Arriving(free=0 if scope["http_version"] == "2" else SMALL)
        try:
            refusal = await self._in_time(receive, arriving, told)
            if not refusal and len(arriving.held) < told:
                refusal = BROKEN_OFF
            body = refusal or bytes(arriving.held)
            arriving.held.clear()  # or what is whole would be held twice, and what is refused once
            if refusal:
                self._give_back(arriving)
            yield body
        finally:
            self._give_back(arriving)

    def _give_back(self, arriving: _Arriving) -> None:
        self._room += arriving.counted
        arriving.counted = 0

    async def _in_time(self, receive, arriving: _Arriving, told: int) -> Refusal | None:
        try:
            async with asyncio.timeout(self._timeout) as limit:
                return await self._collect(receive, arriving, told, limit)
        except TimeoutError:
            return TOO_SLOW

    async def _collect(
        self, receive, arriving: _Arriving, told: int, limit: asyncio.Timeout
    ) -> Refusal | None:
        now, end = asyncio.get_running_loop().time, limit.when()
        more = True
        while more:
            message = await receive()
            # The server says "disconnect" of a client that is gone and of malformed chunks alike.
            if message["type"] != "http.request":
                return BROKEN_OFF
            part, more = message.get("body", b""), message.get("more_body", False)
            arriving.held += part
            self._room -= arriving.count()
            if len(arriving.held) > self._largest:
                return self._too_large
            if self._room < 0 and arriving.counted:
                return NO_ROOM
            if told and len(arriving.held) == told:
                return None  # to be told so would take one more message, and the server's threads
            limit.reschedule(min(end, arriving.extend(now(), len(part))))
        return None


def whole(message, told: int) -> bytes | None:
    """The body, if this message has all of it."""
    body = message.get("body", b"")  # of a client that is gone there is none
    return body if len(body) == told else None


def announced_length(scope) -> int | None:
    """How many bytes are announced, 0 if that is left open; None where no body comes."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return 0
    if b"content-length" in headers:
        return int(headers[b"content-length"]) or None  # the server lets nothing but digits pass
    framed = scope["http_version"] == "2" and scope["method"] not in ("GET", "HEAD")
    return 0 if framed else None
