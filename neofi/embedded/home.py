"""The folder that holds the data, its log and its locks, where the server's user can reach it."""

import hashlib
import os
import sys
from pathlib import Path

from .account import Account, server_account

# Root's own folders are closed to the server's user, and opening them is not ours to do.
ROOTS_FALLBACK = Path("/var/lib")
POINTER = "location"


def find_home(directory: Path) -> tuple[Path, Account]:
    """`directory` itself, or the folder elsewhere that its pointer file names."""
    pointer = directory / POINTER
    if pointer.exists():
        home = Path(pointer.read_text().rstrip("\n"))
        return home, _prepare(home)
    account = _prepare(directory)
    # Data that is there stays there: only where new data goes is a question.
    if (directory / "data").exists() or account.can_enter(directory):
        return directory, account
    home = ROOTS_FALLBACK / f"neofi-{digest(directory)}"
    account = _prepare(home)
    _point(pointer, home, account)
    return home, account


def digest(path: Path) -> str:
    return hashlib.sha256(bytes(path)).hexdigest()[:16]


def _prepare(home: Path) -> Account:
    """Make the folder, closed to everybody but its owner and, under root, the server's user."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = server_account(home / "data")
    if not account.is_ours and home.stat().st_uid == os.geteuid():
        os.chown(home, -1, account.gid)
        home.chmod(0o710)  # pass through, no more: what it may read is inside
    return account


def _point(pointer: Path, home: Path, account: Account) -> None:
    pointer.write_text(f"{home}\n")
    print(
        f"PostgreSQL does not run as root: it runs as '{account.name}' with its data in {home}, "
        f"as {pointer} says.",
        file=sys.stderr,
    )
