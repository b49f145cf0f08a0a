"""Clients that do not keep to HTTP, over bare sockets: what they ask for must never be done."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from .client import Person
from .judging import Fault, Kind
from .server import NeoFi

NEVER = "Never"  # the title that none of them may give
BODY = json.dumps({"title": NEVER}).encode()
CHUNKED = "Transfer-Encoding: chunked"
FRAMED = f"Content-Length: {len(BODY) + 1}"
CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
BROKEN = [(FRAMED, BODY), (CHUNKED, CHUNK), (CHUNKED, CHUNK + b"ZZ\r\n\r\n")]


class Stranger:
    """One who is signed in as somebody, and would change their event."""

    def __init__(self, server: NeoFi, person: Person, path: str) -> None:
        self.address = ("127.0.0.1", server.port)
        self.token, self.path = person.access, path

    def head(self, framing: str) -> bytes:
        lines = [
            f"PATCH {self.path} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            f"Authorization: Bearer {self.token}",
            framing,
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def break_off(self) -> None:
        """Send every kind of half a request, and be gone."""
        for framing, body in BROKEN:
            with self._connection() as sock:
                sock.sendall(self.head(framing) + body)

    def close_early(self) -> Iterator[Fault]:
        """Send half a body and close one's own side: this one still hears the refusal."""
        for framing, body in BROKEN:
            with self._connection() as sock:
                sock.sendall(self.head(framing) + body)
                sock.shutdown(socket.SHUT_WR)
                yield from self._unless(sock, 400)

    def trickle(self, seconds: float) -> Iterator[Fault]:
        """A byte now and then, until the server has had enough."""
        deadline = time.monotonic() + seconds
        with self._connection() as sock:
            sock.sendall(self.head("Content-Length: 100000"))
            sock.settimeout(0.25)
            while time.monotonic() < deadline:
                sock.sendall(b" ")
                try:
                    yield from self._unless(sock, 408)
                except TimeoutError:
                    continue
                return
        yield Fault(Kind.ANSWER, f"a body may trickle for {seconds} s")

    @contextmanager
    def silent(self, count: int) -> Iterator[None]:
        """So many connections that say nothing more after half a request."""
        with ExitStack() as stack:
            for number in range(count):
                sock = stack.enter_context(self._connection())
                sock.sendall(self.head(FRAMED)[: 20 if number % 2 else None])
            yield

    def _connection(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=15)

    def _unless(self, sock: socket.socket, status: int) -> Iterator[Fault]:
        line = sock.recv(4096).split(b"\r\n")[0].decode("latin-1")
        if line.split(" ")[1:2] != [str(status)]:
            yield Fault(Kind.ANSWER, f"half a body is answered {line!r} in place of {status}.")
