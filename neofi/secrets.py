"""Secrets that are made on first use and kept in a file that only its owner can read."""

import os
import secrets
from pathlib import Path


class EmptySecret(Exception):
    """The file is there, and there is nothing in it."""

    def __init__(self, path: Path):
        super().__init__(f"{path} is empty. Put the secret back, or remove the file for a new one.")


def read_or_create(path: Path, length: int = 50) -> str:
    """The secret kept at `path`; made there, mode 0600, if there is none yet. Raise EmptySecret."""
    if not path.exists():
        _create(path, secrets.token_urlsafe(length))
    secret = path.read_text().strip()
    if not secret:
        raise EmptySecret(path)
    return secret


def _create(path: Path, secret: str) -> None:
    """Written beside and then linked into place, so that of two processes that start at once both
    read the same one, and neither reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass  # the other one was first: its secret is the one
    finally:
        draft.unlink(missing_ok=True)
