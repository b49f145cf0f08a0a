"""The README is run: its shell blocks, against a live server, and what it says they print."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Times in 2026 June are the walk-through's own; the others are those of the run.
NOW = re.compile(r"\d{4}-(?!06-12T1)\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
MARK = "@@ end of block @@"


def blocks() -> list[tuple[str, str | None]]:
    """Each shell block with the block of output that stands right behind it, if one does."""
    found = list(BLOCK.finditer(README.read_text()))
    pairs = []
    for one, following in zip(found, [*found[1:], None], strict=True):
        if one[1] == "sh":
            adjacent = following and following[1] != "sh" and following.start() == one.end() + 1
            pairs.append((one[2], following[2] if adjacent else None))
    return pairs


def plain(output: str) -> str:
    """Output without what differs from run to run."""
    return NOW.sub("<now>", UUID.sub("<id>", output)).strip()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_shell_blocks_print_what_the_readme_says(live_server):
    pairs = blocks()
    script = "set -e\n" + f"echo '\n{MARK}'\n".join(code for code, _ in pairs)
    script = script.replace("http://127.0.0.1:8000", live_server.url)
    script = script.replace(".venv/bin/python", shlex.quote(sys.executable))
    run = subprocess.run(
        ["sh", "-c", script], cwd=README.parent, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    outputs = run.stdout.split(MARK)
    assert len(outputs) == len(pairs)
    for (code, expected), printed in zip(pairs, outputs, strict=True):
        if expected is not None:
            assert plain(printed) == plain(expected), code
