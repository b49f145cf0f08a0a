"""The production server: granian's main process is ours, its workers are forks of it."""

import contextlib
import multiprocessing
import os
import signal
import socket
import threading
import time
from errno import EADDRINUSE

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from neofi import heap
from neofi.processors import Processors

PORT_PATIENCE = 2  # seconds: what a killed server's workers may take to end
READY_PATIENCE = 60
STOP_PATIENCE = 10  # what a request may take to end when the server stops
# Of one worker, clients that are slow or silent included. Each is an open file, of which a process
# may commonly have 1,024.
CONNECTIONS = 900


class PortUnavailable(Exception):
    """The server cannot listen where it should; the text says why."""


def serve(address: str, port: int, workers: int, pin: bool, when_ready) -> None:
    """Serve until a SIGINT or SIGTERM, then return.

    `pin` gives each worker a processor of its own if there are as many of these.
    """
    server = Granian(
        "neofi.serving:application_of_a_worker",
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        workers=workers,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_PATIENCE,
        log_level=LogLevels.warning,
    )

    under_nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN

    @server.on_startup
    def _():
        # A closed terminal ends us like Ctrl-C; granian would reload its workers and stay.
        stop = signal.getsignal(signal.SIGTERM)
        signal.signal(signal.SIGHUP, signal.SIG_IGN if under_nohup else stop)
        announcer = threading.Thread(target=_announce, args=(address, port, when_ready))
        announcer.daemon = True
        announcer.start()

    # Until a worker has a handler of its own, it would have the main process's, which ends nothing:
    # a worker that is told to stop just then would be waited for.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    processors = Processors()
    if pin and len(processors) == workers:
        os.register_at_fork(after_in_child=processors.take_one)
    heap.settle()
    server.serve()


def application_of_a_worker():
    # A group of its own keeps the terminal's Ctrl-C away: the main process gets it, and ends its
    # workers in order. If that one is killed, they must not keep the port.
    os.setpgrp()
    threading.Thread(target=_end_with_the_main_process, daemon=True).start()

    from neofi.asgi import application

    heap.settle()
    heap.give_back()
    return application


def address_to_listen_on(host: str, port: int) -> str:
    """The numeric address of `host`, if its port is free."""
    deadline = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            return _try_to_bind(host, port)
        except OSError as error:
            if error.errno != EADDRINUSE or time.monotonic() > deadline:
                raise PortUnavailable(f"Cannot listen on {host}:{port}: {error.strerror}") from None
        time.sleep(0.1)


def _try_to_bind(host: str, port: int) -> str:
    # Granian's sockets share a port (SO_REUSEPORT), so two servers would start on it without a
    # word, each with half of the requests. An ordinary socket is refused.
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
    return address[0]


def _announce(address: str, port: int, when_ready) -> None:
    deadline = time.monotonic() + READY_PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            when_ready()
            return
        time.sleep(0.05)


def _end_with_the_main_process() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
