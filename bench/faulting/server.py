"""A NeoFi server as it is run in production: a main process and its workers, to be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2
BODY_TIMEOUT = 4  # seconds: short, for there are clients who try how long it is
START_PATIENCE = 120  # seconds
STOP_PATIENCE = 30
# The load is what is measured, and not what keeps it away.
THROTTLES = ("REGISTER", "LOGIN", "REFRESH", "RESET", "SHARE", "USER")


class NotStarted(Exception):
    """The text has what the server logged."""


class NeoFi:
    def __init__(self, folder: Path, database_url: str) -> None:
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "VAR_DIR": str(folder),
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(WORKERS),
            "LOG_LEVEL": "WARNING",
            "BODY_TIMEOUT": str(BODY_TIMEOUT),
            **{f"THROTTLE_{name}": "none" for name in THROTTLES},
        }
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "bin" / "_serve.py"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is ours: the server ends when we say so
            )
        deadline = time.monotonic() + START_PATIENCE
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"The server does not start:\n{self.last_words()}")
            time.sleep(0.05)

    def workers(self) -> list[psutil.Process]:
        """Those that live: one that was killed is a child until its end is noticed."""
        try:
            children = psutil.Process(self.process.pid).children()
            return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
        except psutil.NoSuchProcess:
            return []

    def kill_all(self) -> None:
        """As a power cut does: nobody is told, and nobody outlives it to tidy up."""
        workers = self.workers()
        self.process.kill()  # first, for it would start new workers
        for worker in workers:
            kill(worker)
        self.process.wait()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill_all()

    def manage(self, *command: str) -> subprocess.CompletedProcess:
        """Run a command of manage.py on the server's database."""
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *command],
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def last_words(self, lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=10).status_code == 200
        except httpx.TransportError:
            return False


def kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
