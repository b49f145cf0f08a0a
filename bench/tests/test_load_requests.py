"""What bench/load.py sends: by wrk, and by hand to see that the answers are right."""

import json
import re
import shutil
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from bench.faulting.server import THROTTLES
from bench.loading.measuring import fault_of
from bench.loading.requests import BASE, NUMBER, Item, Load, Request, drawn, with_json
from bench.loading.scenarios import has_rows
from bench.loading.servers import OurServer
from bench.loading.turns import turn
from bench.loading.wrk import Wrk, lua_string

CHANGE = {"title": f"Title {NUMBER.decode()}", "base_version": BASE.decode()}
needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")


class Listener(BaseHTTPRequestHandler):
    """Notes the path and body of each request, and answers 200."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def listener():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def change(path):
    return with_json("POST", path, {}, CHANGE)


def test_what_takes_the_place_of_a_mark_is_as_long_as_the_mark():
    with listener() as (server, url), httpx.Client(base_url=url) as http:
        change("/a").send(http, number=7, version=13)
        assert server.heard == [("/a", {"title": "Title 00000007", "base_version": 12})]
    raw = change("/a").raw("host")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


@needs_wrk
@pytest.mark.slow
def test_wrk_takes_items_in_turn_and_counts_their_versions(tmp_path):
    items = [
        Item((change("/a/even"), change("/a/odd")), version=3),
        Item((change("/b/even"), change("/b/odd")), version=6),
    ]
    with listener() as (server, url):
        load = Load(items, in_turn=True)
        result = Wrk(url, load, tmp_path / "script.lua", connections=1, seconds=1).result()
    assert result.faults == []
    assert result.requests > 10
    assert [(path, body["base_version"]) for path, body in server.heard[:6]] == [
        ("/a/even", 2),
        ("/b/odd", 5),
        ("/a/odd", 3),
        ("/b/even", 6),
        ("/a/even", 4),
        ("/b/odd", 7),
    ]
    titles = [body["title"] for _, body in server.heard]
    assert len(set(titles)) == len(titles)


@needs_wrk
@pytest.mark.slow
def test_answers_without_what_was_asked_for_are_counted(tmp_path):
    with listener() as (_, url):
        load = Load(drawn(change("/a")).items, expect='"merged_from":%s*%d')
        result = Wrk(url, load, tmp_path / "script.lua", connections=2, seconds=1).result()
    assert result.misses >= result.requests > 0
    assert result.faults == [f"{result.misses} answers without what was asked for"]


@needs_wrk
@pytest.mark.slow
def test_refusals_are_counted(tmp_path):
    with listener() as (_, url):
        load = drawn(Request("GET", "/a"))  # which is not implemented
        result = Wrk(url, load, tmp_path / "script.lua", connections=1, seconds=1).result()
    assert result.refused > 0
    assert any("400 or above" in fault for fault in result.faults)


def test_any_byte_may_stand_in_a_request():
    raw = bytes(range(256))
    told = lua_string(raw)[1:-1]
    read = re.sub(r"\\(\d{3})", lambda found: chr(int(found[1])), told)
    assert read.encode("latin-1") == raw


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, '{"results": [1, 2]}', None),
        (200, '{"results": [1]}', "not what was asked for"),
        (200, "{}", "not what was asked for"),
        (200, "<html>", "not what was asked for"),
        (302, "", "answered 302"),
        (503, '{"results": [1, 2]}', "answered 503"),
    ],
)
def test_an_answer_must_have_the_status_and_the_rows_that_were_asked_for(status, body, fault):
    found = fault_of(httpx.Response(status, text=body), 200, has_rows(2))
    assert found is None if fault is None else fault in found


def test_throttles_are_on_in_the_server_that_is_measured(tmp_path):
    environment = OurServer(tmp_path, "postgres://nobody@nowhere/nothing").environment
    assert all(environment[f"THROTTLE_{name}"] == "1000000/min" for name in THROTTLES)


def test_two_benchmarks_take_turns(tmp_path):
    order = []

    def second():
        with turn(tmp_path / "lock"):
            order.append("second")

    with turn(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
