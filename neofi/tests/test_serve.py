"""What bin/serve runs once it has found Python, with real processes, really killed."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from neofi.embedded import Server, cluster

pytestmark = pytest.mark.slow


class Serving:
    """A server of its own: port, folder and process."""

    def __init__(self, var_dir):
        self.var_dir = var_dir
        self.port = free_port()
        self.process = None
        self.output = ""

    def command(self, **environment):
        ours = {"VAR_DIR": self.var_dir, "PORT": self.port, "EMBEDDED_POSTGRES_DURABLE": "false"}
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "bin" / "_serve.py"],
            env=inherited | {name: str(value) for name, value in (ours | environment).items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,  # as a shell does, so that a Ctrl-C can be sent to all of it
            # These tests may run under nohup, which a server would keep to.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )

    def start(self, **environment):
        self.process = self.command(**environment)
        self.output = ""
        for line in self.process.stdout:
            self.output += line
            if "is ready at" in line:
                return self
        raise AssertionError(f"ended before it was ready:\n{self.output}")

    def get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10).status

    def wait(self):
        rest, _ = self.process.communicate(timeout=30)
        self.output += rest
        return self.process.returncode

    def places(self):
        """The processors that each worker may run on."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children.split()}
        # A worker is a fork; PostgreSQL is another program.
        mine = Path(f"/proc/{self.process.pid}/cmdline").read_bytes()
        return [os.sched_getaffinity(int(pid)) for pid in commands if commands[pid] == mine]

    def postgres_is_alive(self):
        directory = self.var_dir / "postgres"
        return directory.exists() and cluster.Cluster(directory, account=None).is_alive()

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.wait()
        if (self.var_dir / "postgres").exists():
            Server(self.var_dir / "postgres").discard()


@pytest.fixture(scope="module")
def serving():
    with tempfile.TemporaryDirectory(prefix="neofi serve ") as folder:
        os.chmod(folder, 0o711)  # under root, PostgreSQL's own user has to pass through it
        serving = Serving(Path(folder))
        yield serving
        serving.end()


@pytest.fixture
def running(serving):
    if serving.process is None or serving.process.poll() is not None:
        serving.start()
    return serving


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refusal_of(process):
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in output
    return output


def test_the_first_run_makes_an_admin_and_shows_the_password_once(serving):
    first = serving.start().output
    password = (serving.var_dir / "admin-password").read_text().strip()
    assert f"admin, password {password}\n" in first
    assert stat.S_IMODE((serving.var_dir / "admin-password").stat().st_mode) == 0o600
    serving.process.send_signal(signal.SIGTERM)
    assert serving.wait() == 0
    assert password not in serving.start().output


def test_it_answers_as_soon_as_it_says_so(running):
    assert f"http://127.0.0.1:{running.port}/" in running.output
    assert running.get("/healthz") == 200


def test_it_says_who_runs_the_database_and_where_its_data_is(running):
    data = running.var_dir / "postgres"
    assert re.search(rf"PostgreSQL runs as \w+, with its data in {data}\.\n", running.output)


def test_each_worker_has_a_processor_where_there_are_as_many(serving):
    serving.end()
    all_of_them = os.sched_getaffinity(0)
    serving.start(WEB_CONCURRENCY=len(all_of_them))
    assert serving.get("/healthz") == 200
    assert sorted(serving.places(), key=min) == [{number} for number in sorted(all_of_them)]
    serving.end()


@pytest.mark.parametrize("setting", ["WORKER_CPU_AFFINITY", "WEB_CONCURRENCY"])
def test_else_workers_go_where_the_kernel_wants_them(serving, setting):
    """If it is not wished, or there are more processors than workers, or fewer."""
    serving.end()
    all_of_them = os.sched_getaffinity(0)
    workers = len(all_of_them) + (setting == "WEB_CONCURRENCY")
    wished = "off" if setting == "WORKER_CPU_AFFINITY" else "on"
    serving.start(WEB_CONCURRENCY=workers, WORKER_CPU_AFFINITY=wished)
    assert serving.places() == [all_of_them] * workers
    serving.end()


def test_a_second_one_on_the_same_folder_is_refused(running):
    message = refusal_of(running.command(PORT=free_port()))
    assert f"NeoFi is being served from {running.var_dir} already." in message
    assert running.get("/healthz") == 200


def test_a_taken_port_is_refused_before_anything_is_started(running):
    with tempfile.TemporaryDirectory() as folder:
        message = refusal_of(running.command(VAR_DIR=folder))
        assert f"Cannot listen on 127.0.0.1:{running.port}: Address already in use" in message
        assert not Path(folder, "postgres").exists()


@pytest.mark.parametrize("setting", [{"PORT": "http"}, {"PORT": "70000"}, {"HOST": "no.invalid"}])
def test_nonsense_for_an_address_is_refused(running, setting):
    with tempfile.TemporaryDirectory() as folder:
        message = refusal_of(running.command(VAR_DIR=folder, **setting))
    assert re.search("PORT|no.invalid", message)


def test_after_a_kill_of_the_main_process_the_next_start_recovers(running):
    running.process.kill()
    assert running.wait() == -signal.SIGKILL
    assert running.postgres_is_alive()
    assert running.start().get("/healthz") == 200


def test_ctrl_c_stops_all_of_it(running):
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.wait() == 0
    assert "Traceback" not in running.output
    assert "rror" not in running.output
    assert not running.postgres_is_alive()


def test_a_closed_terminal_stops_it_too(running):
    running.process.send_signal(signal.SIGHUP)
    assert running.wait() == 0
    assert not running.postgres_is_alive()


@pytest.mark.parametrize("moment", [0.3, 1.0, 2.0])
def test_ctrl_c_while_it_starts_stops_all_of_it(moment):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        serving = Serving(Path(folder))
        serving.process = serving.command()
        time.sleep(moment)
        os.killpg(serving.process.pid, signal.SIGINT)
        assert serving.wait() in (0, -signal.SIGINT)
        assert "Traceback" not in serving.output
        assert not serving.postgres_is_alive()
        serving.end()
