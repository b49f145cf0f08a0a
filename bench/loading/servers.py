"""The two servers that are measured, each as a process tree of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from ..faulting.server import ROOT, START_PATIENCE, THROTTLES, WORKERS, NeoFi, NotStarted, free_port

# Throttles are on, for they are part of what a request costs. Nobody gets as far as this.
NEVER_REFUSED = "1000000/min"
LIMIT_THREADS = 2  # of each worker; the reference server has as many connections


class OurServer(NeoFi):
    """As `bin/serve` starts it. What else is set in the environment goes for it too."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        del self.environment["BODY_TIMEOUT"]
        self.environment |= {f"THROTTLE_{name}": NEVER_REFUSED for name in THROTTLES}

    @property
    def pid(self) -> int:
        return self.process.pid

    def seconds_to_start(self) -> float:
        """From the command to the first answer; it must be stopped."""
        began = time.monotonic()
        self.start()
        return time.monotonic() - began

    def seconds_of(self, *command: str) -> float:
        """How long a command of manage.py takes."""
        began = time.monotonic()
        done = self.manage(*command)
        if done.returncode:
            raise NotStarted(f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")
        return time.monotonic() - began


class LimitServer:
    """The reference server."""

    def __init__(self, folder: Path, database_url: str, secret: str) -> None:
        self.log = folder / "limit.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "LIMIT_DATABASE_URL": database_url,
            "LIMIT_SECRET": secret,
        }
        self.process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--workers", str(WORKERS), "--blocking-threads", str(LIMIT_THREADS)]
        command += ["--port", str(self.port), "bench.limit.app:application"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is ours
            )
        deadline = time.monotonic() + START_PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"The reference server does not start:\n{self.last_words()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=10).status_code == 404
        except httpx.TransportError:
            return False
