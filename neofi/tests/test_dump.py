"""Backups of the embedded server: `manage.py dump`, and `manage.py dbshell` to read it again."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from neofi.embedded import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def folder():
    """`folder()` is a new VAR_DIR."""
    with tempfile.TemporaryDirectory(prefix="neofi dump ") as parent:
        os.chmod(parent, 0o711)  # under root, PostgreSQL's own user has to pass through it
        made = []

        def make():
            path = Path(parent, str(len(made)))
            path.mkdir(mode=0o711)
            made.append(path)
            return path

        yield make
        for path in made:
            if (path / "postgres").exists():
                Server(path / "postgres").discard()


def manage(var_dir, *arguments, given="", **environment):
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ours = {"VAR_DIR": str(var_dir), "EMBEDDED_POSTGRES_DURABLE": "false"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        input=given,
        env=inherited | ours | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


def test_a_dump_restores_into_an_empty_server(folder):
    old, new = folder(), folder()
    made = "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('one'), ('two')"
    assert manage(old, "dbshell", "--", "-c", made).returncode == 0
    dump = manage(old, "dump")
    assert dump.returncode == 0, dump.stderr
    restored = manage(new, "dbshell", "--", "-v", "ON_ERROR_STOP=1", "-q", given=dump.stdout)
    assert restored.returncode == 0, restored.stderr
    rows = manage(new, "dbshell", "--", "-Atc", "SELECT word FROM kept ORDER BY word")
    assert rows.stdout == "one\ntwo\n"


def test_a_dump_that_fails_says_so(tmp_path):
    nowhere = f"postgres:///none?host={tmp_path}"
    without = {"DATABASE_URL": nowhere, "PATH": str(tmp_path)}
    failed = manage(tmp_path, "dump", **without)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "CommandError: There is no pg_dump on the PATH.\n"
