"""One PostgreSQL cluster on disk, and the server process that runs it."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from . import binaries, sockets
from .account import Account
from .errors import EmbeddedPostgresError
from .locks import FileLock

ROLE = DATABASE = "neofi"
PATIENCE = 120  # seconds; recovery after a crash takes its time
PAUSE = 0.02
LOG_BYTES = 5_000_000

# The builtin locale sorts the same on every machine, whatever its C library has.
INITDB = [
    f"--username={ROLE}",
    "--auth=peer",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]
SETTINGS = {
    "listen_addresses": "",
    "port": sockets.PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 100,
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A throwaway server forgets everything in a power cut, and is faster for it.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    def __init__(self, home: Path, account: Account):
        self.home = home
        self.account = account
        self.data = home / "data"
        self.log = home / "server.log"
        self._process: subprocess.Popen | None = None

    def is_alive(self) -> bool:
        """Whether any process that works on the data lives: each has inherited the lock."""
        lock = FileLock(self._lock_path)
        alive = not lock.acquire(shared=True, wait=False)
        lock.release()
        return alive

    def start(self, durable: bool) -> None:
        programs = binaries.find_for(self.account, self.home)
        with FileLock(self._lock_path) as lock:
            if not self.data.exists():
                self._make(programs, lock)
            self._check_version()
            self._write_access_rules()
            self._clear_traces_of_a_dead_one()
            self._launch(programs, durable, lock)

    def wait_until_ready(self) -> Path | None:
        """The folder of its socket, or None when it ended or cannot be reached."""
        deadline = time.monotonic() + PATIENCE
        while self.is_alive() and time.monotonic() < deadline:
            folder = self._socket_folder_once_ready()
            if folder:
                return folder if sockets.answers(folder, self.account) else None
            time.sleep(PAUSE)
        return None

    def stop(self) -> None:
        default = sockets.folder_of(self.home, self.account)
        folder = self._socket_folder_once_ready() or default
        programs = binaries.find_for(self.account, self.home)
        command = [programs / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-t", "5"]
        deadline = time.monotonic() + PATIENCE
        # More than once: it may be slow, or too young to have said its process id; or its main
        # process was killed, and the others are about to end by themselves.
        while self.is_alive():
            if time.monotonic() > deadline:
                raise self.error("does not stop")
            self._run(command)
            time.sleep(PAUSE)
        self._reap()
        sockets.remove_folder(folder, self.account)

    def remove(self) -> None:
        if self.is_alive():
            self.stop()
        self._clear_traces_of_a_dead_one()
        shutil.rmtree(self.home)

    def error(self, what: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(f"The embedded PostgreSQL {what}. Its log: {self.log}")

    @property
    def _lock_path(self) -> Path:
        return self.home / "server.lock"

    def _socket_folder_once_ready(self) -> Path | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return Path(lines[4]) if ready else None

    def _clear_traces_of_a_dead_one(self) -> None:
        # No process of it lives. But the process id in its files may be another program's by now,
        # for whose sake PostgreSQL would refuse to start.
        self._reap()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        sockets.remove_folder(sockets.folder_of(self.home, self.account), self.account)

    def _reap(self) -> None:
        if self._process:
            self._process.wait()
            self._process = None

    def _make(self, programs: Path, lock: FileLock) -> None:
        """initdb under another name, renamed when complete: there is no half-made data."""
        draft = self.data.with_name("data.new")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        self.account.own(draft)
        initdb = [programs / "initdb", "-D", draft, *INITDB]
        # The single-user mode needs no server, and so leaves no moment without the database.
        create = [programs / "postgres", "--single", "-D", draft, "postgres"]
        made = self._run(initdb, lock=lock) and self._run(
            create, input=f"CREATE DATABASE {DATABASE}\n", lock=lock
        )
        if not made:
            raise self.error("could not be made")
        draft.rename(self.data)

    def _check_version(self) -> None:
        version_file = self.data / "PG_VERSION"
        version = version_file.read_text().strip() if version_file.exists() else "none"
        if version != binaries.MAJOR:
            raise EmbeddedPostgresError(
                f"{self.data} holds data of PostgreSQL {version}, and this is {binaries.MAJOR}. "
                "Nothing was changed: upgrade it with pg_upgrade, or move it away."
            )

    def _write_access_rules(self) -> None:
        """Whoever owns the folder, and root, are the role; nobody else is anything."""
        people = {pwd.getpwuid(uid).pw_name for uid in (self.home.stat().st_uid, 0)}
        self._write("pg_hba.conf", f"local all {ROLE} peer map={ROLE}\n")
        self._write("pg_ident.conf", "".join(f'{ROLE} "{name}" {ROLE}\n' for name in people))

    def _write(self, name: str, text: str) -> None:
        path = self.home / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o644)  # for the server's user; nobody else gets into the folder

    def _launch(self, programs: Path, durable: bool, lock: FileLock) -> None:
        # As a list of arguments no path needs quotes: pg_ctl would hand them to a shell.
        settings = SETTINGS | self._paths() | ({} if durable else NOT_DURABLE)
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self._open_log() as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock.fileno()],
                **self.account.popen_options(),
            )

    def _paths(self) -> dict:
        folder = str(sockets.make_folder(self.home, self.account)).replace('"', '""')
        return {
            "unix_socket_directories": f'"{folder}"',  # a list, so commas count
            "hba_file": self.home / "pg_hba.conf",
            "ident_file": self.home / "pg_ident.conf",
        }

    def _run(self, command: list, *, input: str = "", lock: FileLock | None = None) -> bool:
        with self._open_log() as log:
            done = subprocess.run(
                command,
                input=input.encode(),
                stdout=log,
                stderr=log,
                pass_fds=[lock.fileno()] if lock else [],
                **self.account.popen_options(),
            )
        return done.returncode == 0

    def _open_log(self):
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self.account.own(self.log)
        return os.fdopen(log, "ab")
