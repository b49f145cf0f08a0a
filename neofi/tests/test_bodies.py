"""Bodies as they arrive, without a server: what is whole, and what is refused."""

import asyncio

import pytest

from neofi import bodies
from neofi.bodies import BROKEN_OFF, NO_ROOM, TOO_SLOW, Bodies

LARGEST = 100
CHUNKED = (b"transfer-encoding", b"chunked")


def length(number: int) -> tuple:
    return b"content-length", b"%d" % number


def request(*headers, method="POST", version="1.1") -> dict:
    return {"method": method, "http_version": version, "headers": list(headers)}


def sending(*parts: bytes, end: str = "whole"):
    """`receive` of a client that sends these parts, and then ends, goes away or says nothing."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    last = {"whole": {"type": "http.request"}, "gone": {"type": "http.disconnect"}}.get(end)

    async def receive():
        if messages:
            return messages.pop(0)
        if last is None:
            await asyncio.sleep(3600)
        return last

    return receive


def received(scope, receive, room=None, timeout=5):
    async def read():
        taker = room or Bodies(LARGEST, timeout)
        async with taker.received(scope, receive) as body:
            return body

    return asyncio.run(read())


@pytest.mark.parametrize("framing", [length(4), CHUNKED])
def test_a_whole_body_is_its_parts(framing):
    assert received(request(framing), sending(b"ab", b"cd")) == b"abcd"


@pytest.mark.parametrize("scope", [request(), request(length(0)), request(method="GET")])
def test_where_no_body_is_announced_none_is_waited_for(scope):
    assert received(scope, sending(end="silence")) == b""


def test_http_2_needs_no_announcement():
    assert received(request(version="2"), sending(b"ab")) == b"ab"


@pytest.mark.parametrize("framing", [length(4), CHUNKED])
def test_what_breaks_off_is_no_body(framing):
    assert received(request(framing), sending(b"ab", end="gone")) is BROKEN_OFF


def test_less_than_was_announced_is_no_body_whatever_the_server_says():
    assert received(request(length(4)), sending(b"abc")) is BROKEN_OFF


def test_silence_ends_at_the_deadline():
    scope = request(length(4))
    assert received(scope, sending(b"ab", end="silence"), timeout=0.01) is TOO_SLOW


def test_as_much_as_is_allowed_is_allowed():
    assert received(request(CHUNKED), sending(b"x" * LARGEST)) == b"x" * LARGEST


def test_one_byte_more_is_too_large():
    receive = sending(b"x" * LARGEST, b"x", end="silence")
    assert received(request(CHUNKED), receive).code == "too_large"


def test_what_is_announced_as_too_large_is_not_read():
    assert received(request(length(LARGEST + 1)), sending(end="silence")).code == "too_large"


def test_only_so_many_bodies_are_held_at_once(monkeypatch):
    monkeypatch.setattr(bodies, "BODIES_IN_MEMORY", 1)
    room = Bodies(LARGEST, timeout=5)

    async def read():
        async with room.received(request(CHUNKED), sending(b"x" * 60)) as first:
            async with room.received(request(CHUNKED), sending(b"x" * 60)) as second:
                pass
            async with room.received(request(CHUNKED), sending(b"x" * 40)) as third:
                pass
        async with room.received(request(CHUNKED), sending(b"x" * 100)) as fourth:
            return len(first), second, len(third), len(fourth)

    assert asyncio.run(read()) == (60, NO_ROOM, 40, 100)
