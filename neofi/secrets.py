"""Secrets that are made on first use and kept in a file that only its owner can read."""

import os
import secrets
from pathlib import Path


def read_or_create(path: Path, length: int = 50) -> str:
    """The secret kept at `path`; made there, mode 0600, if there is none yet.

    It is written beside and then linked into place, so that of two processes that start at
    once both read the same one, and neither reads half of it.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(length) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other one was first: its secret is the one
    finally:
        draft.unlink()
    return path.read_text().strip()
