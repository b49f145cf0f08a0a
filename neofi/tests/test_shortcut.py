"""The way past granian's event loop, which no promise of granian's keeps open."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from django.conf import settings

pytestmark = pytest.mark.slow


@pytest.fixture
def address():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    application = ["neofi.tests.shortcut_server:application", "--factory", "--interface", "asginl"]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *application, "--no-ws", "--port", str(port)],
        cwd=settings.BASE_DIR,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}/"
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def answer_of(method: str, address: str, body: bytes = b"") -> str:
    for _ in range(200):
        try:
            return httpx.request(method, address, content=body).text
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError("the server does not come up")


def test_what_is_taken_does_not_reach_the_loop_and_the_rest_does(address):
    assert answer_of("GET", address) == "shortcut"
    assert answer_of("PUT", address, b" with a body") == "shortcut with a body"
    assert answer_of("POST", address, b"a body") == "loop"
