"""Bodies as they arrive, without a server: what is whole, and what is refused."""

import asyncio

import pytest

from neofi import bodies
from neofi.bodies import BROKEN_OFF, NO_ROOM, TOO_SLOW, Bodies, announced_length

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
    assert announced_length(scope) is None


def test_what_is_there_as_announced_is_not_waited_for_any_longer():
    assert received(request(length(4)), sending(b"ab", b"cd", end="silence")) == b"abcd"


def test_http_2_needs_no_announcement():
    assert received(request(version="2"), sending(b"", b"ab")) == b"ab"


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


@pytest.fixture
def small_ones_of_ten(monkeypatch):
    monkeypatch.setattr(bodies, "SMALL", 10)


@pytest.fixture
def room_for_one(monkeypatch):
    monkeypatch.setattr(bodies, "BODIES_IN_MEMORY", 1)


@pytest.mark.usefixtures("room_for_one", "small_ones_of_ten")
def test_only_so_many_bodies_are_held_at_once():
    room = Bodies(LARGEST, timeout=5)

    async def read():
        async with (
            room.received(request(CHUNKED), sending(b"x" * 70)) as first,
            room.received(request(CHUNKED), sending(b"x" * 70)) as second,
            # What is refused is held no longer, even while it is answered.
            room.received(request(CHUNKED), sending(b"x" * 50)) as third,
        ):
            pass
        async with room.received(request(CHUNKED), sending(b"x" * 100)) as fourth:
            return len(first), second, len(third), len(fourth)

    assert asyncio.run(read()) == (70, NO_ROOM, 50, 100)


async def read_beside_stalled_ones(room: Bodies, scope, receive):
    """What becomes of a body while others fill the room and then send nothing more."""

    async def stall():
        async with room.received(request(length(100)), sending(b"x" * 99, end="silence")) as body:
            return body

    stalled = [asyncio.create_task(stall()) for _ in range(2)]
    await asyncio.sleep(0)
    async with room.received(scope, receive) as body:
        pass
    return body, await asyncio.gather(*stalled)


@pytest.mark.usefixtures("room_for_one", "small_ones_of_ten")
def test_small_bodies_come_in_while_stalled_ones_fill_the_room():
    room = Bodies(LARGEST, timeout=0.05)
    ask = read_beside_stalled_ones
    assert asyncio.run(ask(room, request(length(10)), sending(b"0123456789")))[0] == b"0123456789"
    assert asyncio.run(ask(room, request(length(50)), sending(b"x" * 50)))[0] is NO_ROOM
    # Afterwards the room is free again.
    assert received(request(length(100)), sending(b"x" * 100), room) == b"x" * 100


@pytest.mark.usefixtures("room_for_one", "small_ones_of_ten")
def test_of_http_2_small_ones_count_too():
    """One connection brings hundreds of them."""
    room = Bodies(LARGEST, timeout=0.05)
    large, small = request(length(99), version="2"), request(length(9), version="2")

    async def read():
        async with (
            room.received(large, sending(b"x" * 99)),
            room.received(small, sending(b"x" * 9)) as body,
        ):
            return body

    assert asyncio.run(read()) is NO_ROOM


def test_a_large_body_that_stalls_ends_long_before_the_deadline(small_ones_of_ten, monkeypatch):
    monkeypatch.setattr(bodies, "PAUSE", 0.02)
    stalled = sending(b"x" * 99, end="silence")
    assert received(request(length(100)), stalled, timeout=3600) is TOO_SLOW


def trickling(parts: int, pause: float):
    """`receive` of a client that sends ten bytes at a time."""
    messages = iter([{"type": "http.request", "body": b"x" * 10, "more_body": True}] * parts)

    async def receive():
        await asyncio.sleep(pause)
        return next(messages, {"type": "http.request"})

    return receive


@pytest.mark.parametrize(
    ("pace", "taken"), [(10, True), (10_000, False)], ids=["fast enough", "too slow"]
)
def test_a_large_body_keeps_a_pace(small_ones_of_ten, monkeypatch, pace, taken):
    """Each of its parts comes well before the pause is over; that is not enough."""
    monkeypatch.setattr(bodies, "PACE", pace)
    monkeypatch.setattr(bodies, "PAUSE", 0.2)
    body = received(request(length(100)), trickling(10, pause=0.03), timeout=3600)
    assert body == b"x" * 100 if taken else body is TOO_SLOW


def test_a_small_body_may_take_until_the_deadline(monkeypatch):
    monkeypatch.setattr(bodies, "PACE", 1_000_000)
    monkeypatch.setattr(bodies, "PAUSE", 0.001)
    assert received(request(length(50)), trickling(5, pause=0.01)) == b"x" * 50


@pytest.mark.parametrize(
    ("told", "version", "comes"),
    [
        (1, "1.1", True),
        (bodies.AT_ONCE, "1.1", True),
        (bodies.AT_ONCE + 1, "1.1", False),
        (0, "1.1", False),
        (1, "2", False),
    ],
)
def test_what_is_small_may_come_at_once(told, version, comes):
    assert Bodies(10**6, 5).comes_at_once(request(version=version), told) is comes


def test_only_all_of_it_is_whole():
    message = {"type": "http.request", "body": b"ab"}
    assert bodies.whole(message, 2) == b"ab"
    assert bodies.whole(message, 3) is None
    assert bodies.whole({"type": "http.disconnect"}, 2) is None
