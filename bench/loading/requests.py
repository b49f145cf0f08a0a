"""What is sent: requests as bytes for wrk, which the benchmark also sends itself to look at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

# Stand in a body for what differs each time. As long as what takes their place, so that the length
# of the body stays what its head says; blanks may stand before a number in JSON.
NUMBER = b"########"  # one that was not used before
BASE = b"@@@@@@@@"  # the version before the current one


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def raw(self, host: str) -> bytes:
        headers = {"Host": host} | self.headers
        if self.body:
            headers |= {"Content-Length": str(len(self.body))}
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    def send(self, http: httpx.Client, number: int = 0, version: int = 0) -> httpx.Response:
        body = self.body.replace(NUMBER, b"%08d" % number).replace(BASE, b"%8d" % (version - 1))
        return http.request(self.method, self.path, headers=self.headers, content=body)


def with_json(method: str, path: str, headers: dict[str, str], body: Any) -> Request:
    headers = headers | {"Content-Type": "application/json"}
    return Request(method, path, headers, orjson.dumps(body).replace(b'"%s"' % BASE, BASE))


@dataclass(frozen=True)
class Item:
    """Something to ask for. Of several requests, number n % len makes version n of an event."""

    requests: tuple[Request, ...]
    version: int = 0  # the current one

    @property
    def next(self) -> Request:
        return self.requests[(self.version + 1) % len(self.requests)]


@dataclass(frozen=True)
class Load:
    """Of these, each is drawn at random, or all are taken in turn, over and over."""

    items: Sequence[Item]
    in_turn: bool = False
    # What the body of every answer must have in it, as a pattern of Lua's.
    expect: str = ""

    @property
    def varies(self) -> bool:
        bodies = (request.body for item in self.items for request in item.requests)
        return any(NUMBER in body or BASE in body for body in bodies)


def drawn(*requests: Request) -> Load:
    return Load([Item((request,)) for request in requests])
