"""What bin/serve and bin/test do before any of our Python can run: find one, and make .venv."""

import shlex
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

PYTHON = shlex.quote(sys.executable)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout which only says that it ran, and which needs no package."""
    checkout = tmp_path_factory.mktemp("serve") / "check out's"
    shutil.copytree(settings.BASE_DIR / "bin", checkout / "bin")
    (checkout / "requirements.txt").write_text("# nothing\n")
    (checkout / "bin" / "_serve.py").write_text("import sys; print('ran', *sys.argv[1:])\n")
    return checkout


@pytest.fixture
def python3(tmp_path):
    """The folder of a `python3` made by the test; only it and the basic tools are on the PATH."""

    def make(script):
        folder = tmp_path / "programs"
        folder.mkdir()
        (folder / "python3").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "python3").chmod(0o755)
        for tool in ["sh", "dirname"]:
            (folder / tool).symlink_to(shutil.which(tool))
        return folder

    return make


def serve(checkout, folder):
    return subprocess.run(
        [checkout / "bin" / "serve", "--an argument"],
        cwd="/",
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_an_old_python_is_named(checkout, python3):
    folder = python3('case $1 in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    result = serve(checkout, folder)
    assert result.returncode == 1
    assert result.stderr == (
        "NeoFi needs Python 3.11 or newer as python3 on the PATH; found: Python 3.9.2.\n"
    )


def test_a_python_without_ensurepip_is_told_what_to_install(checkout, python3):
    blocked = "import sys; sys.modules['ensurepip'] = None; import runpy; sys.argv = sys.argv[1:]"
    run = f"{blocked}; sys.exit(runpy.run_path(sys.argv[0], run_name='__main__'))"
    folder = python3(f'case $1 in -c) exec {PYTHON} "$@";; esac\nexec {PYTHON} -c "{run}" "$@"')
    result = serve(checkout, folder)
    assert result.returncode == 1
    assert result.stderr.endswith("On Debian and Ubuntu: apt install python3-venv\n")
    assert "Traceback" not in result.stderr


def test_two_at_once_make_one_environment(checkout, python3):
    folder = python3(f'exec {PYTHON} "$@"')
    started = [
        subprocess.Popen(
            [checkout / "bin" / "serve"],
            env={"PATH": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    (first, one), (second, other) = (process.communicate() for process in started)
    assert first == second == "ran\n"
    assert (one + other).count("Installing requirements.txt") == 1


def test_it_installs_again_when_the_list_has_changed(checkout, python3):
    folder = python3(f'exec {PYTHON} "$@"')
    assert serve(checkout, folder).stdout == "ran --an argument\n"
    assert serve(checkout, folder).stderr == ""

    stamp = checkout / ".venv" / "installed"
    (checkout / "requirements.txt").write_text("./no-such-package\n")
    assert serve(checkout, folder).returncode == 1
    assert not stamp.exists()

    (checkout / "requirements.txt").write_text("# nothing else\n")
    assert serve(checkout, folder).returncode == 0
    assert stamp.exists()
