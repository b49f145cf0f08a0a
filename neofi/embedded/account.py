"""The operating system user that owns the data and runs the server.

That is whoever runs us, but PostgreSQL refuses to run as root. Started by root, the owner of the
data is used, or for new data an unprivileged user that is there already: none is ever added.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import EmbeddedPostgresError

UNPRIVILEGED = ["postgres", "nobody"]


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def popen_options(self) -> dict:
        """Options that make subprocess run a program as this user, out of reach of our Ctrl-C."""
        options = {"cwd": "/", "env": _environment(), "start_new_session": True}
        if not self.is_ours:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def can_enter(self, path: Path) -> bool:
        """Ask the kernel, which knows of modes, access lists and mounts alike."""
        test = subprocess.run(["/bin/sh", "-c", 'test -x "$1"', "sh", path], **self.popen_options())
        return test.returncode == 0

    def own(self, path: Path) -> None:
        if not self.is_ours:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(data: Path) -> Account:
    if os.geteuid() != 0:
        return _by_uid(os.geteuid())
    if data.exists() and data.stat().st_uid != 0:
        return _by_uid(data.stat().st_uid)
    for name in UNPRIVILEGED:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and neither a user 'postgres' nor 'nobody' is there to "
        "run it instead. Start as an ordinary user, or set DATABASE_URL."
    )


def _by_uid(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as user id {uid}, which has no name on this machine "
            "(no entry in /etc/passwd). Add one, or set DATABASE_URL."
        ) from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _environment() -> dict[str, str]:
    # PGDATA, PGPORT and their like would change what we start; a locale that this machine lacks
    # would stop it.
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return ours | {"LC_ALL": "C"}
