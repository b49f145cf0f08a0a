"""Bodies of requests: whole, in time and not too large, or refused. Knows ASGI and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

BODIES_IN_MEMORY = 16  # of the largest size, in one process


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

    @asynccontextmanager
    async def received(self, scope, receive) -> AsyncIterator[bytes | Refusal]:
        """The body, which counts as held in memory until the end of the `with`."""
        told = _announced_length(scope)
        if told is None:
            yield b""
            return
        if told > self._largest:
            yield self._too_large  # before it comes
            return
        parts = []
        try:
            yield await self._whole(receive, parts, told)
        finally:
            self._room += sum(map(len, parts))

    async def _whole(self, receive, parts: list[bytes], told: int) -> bytes | Refusal:
        try:
            async with asyncio.timeout(self._timeout):
                refusal = await self._collect(receive, parts)
        except TimeoutError:
            return TOO_SLOW
        body = b"".join(parts)
        return refusal or (body if len(body) >= told else BROKEN_OFF)

    async def _collect(self, receive, parts: list[bytes]) -> Refusal | None:
        left, more = self._largest, True
        while more:
            message = await receive()
            # The server says "disconnect" of a client that is gone and of malformed chunks alike.
            if message["type"] != "http.request":
                return BROKEN_OFF
            part, more = message.get("body", b""), message.get("more_body", False)
            parts.append(part)
            self._room -= len(part)
            left -= len(part)
            if left < 0:
                return self._too_large
            if self._room < 0:
                return NO_ROOM
        return None


def _announced_length(scope) -> int | None:
    """How many bytes are announced, 0 if that is left open; None where no body comes."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return 0
    if b"content-length" in headers:
        return int(headers[b"content-length"]) or None  # the server lets nothing but digits pass
    framed = scope["http_version"] == "2" and scope["method"] not in ("GET", "HEAD")
    return 0 if framed else None
