"""Make .venv and install what a requirements file lists, unless that has been done already.

Runs under the machine's own Python, with nothing but its standard library.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"


def main(name: str) -> int:
    wanted = _stamp(name)
    with _alone():
        if _has(wanted):
            return 0
        STAMP.unlink(missing_ok=True)
        if not _venv_is_sound() and not _make_venv():
            return 1
        print(f"Installing {name} into .venv; the first time takes a minute.", file=sys.stderr)
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        status = subprocess.run([*pip, "-r", ROOT / name]).returncode
        if status == 0:
            _keep(wanted)
        return status


def _stamp(name: str) -> list[str]:
    """A line for each file that gets installed: the named one, and those that it includes."""
    lines = []
    text = (ROOT / name).read_text()
    for line in text.splitlines():
        if line.startswith("-r "):
            lines += _stamp(line.removeprefix("-r ").strip())
    digest = hashlib.sha256(f"{sys.version}\n{text}".encode()).hexdigest()
    return [*lines, f"{digest} {name}"]


def _has(wanted: list[str]) -> bool:
    # The link to a Python that has been removed since is no Python.
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    return set(wanted) <= set(STAMP.read_text().splitlines())


def _keep(wanted: list[str]) -> None:
    # Written last, and whole: an interrupted installation leaves no stamp.
    draft = STAMP.with_suffix(".new")
    draft.write_text("\n".join(wanted) + "\n")
    draft.replace(STAMP)


def _venv_is_sound() -> bool:
    """Made by this very version of Python, and not cut off half-way."""
    same = "import pip, sys; sys.exit(sys.version != sys.argv[1])"
    try:
        check = subprocess.run([PYTHON, "-c", same, sys.version], stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return check.returncode == 0


def _make_venv() -> bool:
    try:
        import ensurepip  # noqa: F401 (Debian keeps it in a package of its own)
        import venv
    except ImportError:
        print(
            "This Python cannot make a virtual environment. "
            "On Debian and Ubuntu: apt install python3-venv",
            file=sys.stderr,
        )
        return False
    venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    return True


@contextmanager
def _alone():
    """Hold a lock on the checkout's folder, so that two at once do not install over each other."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
