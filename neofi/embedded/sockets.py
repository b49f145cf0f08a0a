"""The folder of the server's Unix socket: short, since a socket's path may have 107 bytes at most
(103 on macOS), and closed to everybody but the server's user."""

import os
import socket
import stat
import tempfile
from pathlib import Path

from .account import Account
from .errors import EmbeddedPostgresError
from .home import digest

PORT = 5432  # no port is open: it is a part of the socket's name
SOCKET = f".s.PGSQL.{PORT}"
LONGEST = 103


def folder_of(home: Path, account: Account) -> Path:
    """The same at every start under one environment, so that the clients of a server that crashed
    find the next one. Those that need not (another TMPDIR, say) read it in postmaster.pid."""
    name = f"neofi-{account.uid}-{digest(home)}"
    return next(base / name for base in _bases(account) if _is_short(base / name))


def make_folder(home: Path, account: Account) -> Path:
    folder = folder_of(home, account)
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        pass  # from an earlier start, or put there by somebody else: looked at below
    if not is_safe(folder, account):
        raise EmbeddedPostgresError(
            f"{folder} is not a private folder of user '{account.name}'. Remove it, or set TMPDIR "
            "to a folder of your own."
        )
    return folder


def is_safe(folder: Path, account: Account) -> bool:
    """A folder (not a link to one) of that user, which nobody else can enter."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    private = not stat.S_IMODE(status.st_mode) & 0o077
    return stat.S_ISDIR(status.st_mode) and status.st_uid == account.uid and private


def is_there(folder: Path, account: Account) -> bool:
    return is_safe(folder, account) and (folder / SOCKET).exists()


def answers(folder: Path, account: Account) -> bool:
    if not is_there(folder, account):
        return False
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(folder / SOCKET))
        except ConnectionRefusedError:
            return False
    return True


def remove_folder(folder: Path, account: Account) -> None:
    if not is_safe(folder, account):
        return
    # Only what PostgreSQL makes there: never a tree.
    for name in [SOCKET, f"{SOCKET}.lock"]:
        (folder / name).unlink(missing_ok=True)
    folder.rmdir()


def _bases(account: Account) -> list[Path]:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    bases = [Path(tempfile.gettempdir()), Path("/tmp")]
    return [runtime, *bases] if account.is_ours and is_safe(runtime, account) else bases


def _is_short(folder: Path) -> bool:
    return len(bytes(folder / SOCKET)) <= LONGEST
