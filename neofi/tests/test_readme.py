"""README and guide are run: their shell blocks, against a live server, and what these print."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "guide.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Only the run's own instants have microseconds.
NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
STATE = re.compile(r'(?<="\d-)[0-9a-f]{12}')  # of an ETag, behind the version
MARK = "@@ end of block @@"


def blocks(page: Path) -> list[tuple[str, str | None]]:
    """Each shell block with the block of output that stands right behind it, if one does."""
    found = list(BLOCK.finditer(page.read_text()))
    pairs = []
    for one, following in zip(found, [*found[1:], None], strict=True):
        if one[1] == "sh":
            adjacent = following and following[1] != "sh" and following.start() == one.end() + 1
            pairs.append((one[2], following[2] if adjacent else None))
    return pairs


def plain(output: str) -> str:
    """Output without what differs from run to run, and without blanks at the ends of lines."""
    for pattern, name in [(UUID, "<id>"), (NOW, "<now>"), (STATE, "<state>")]:
        output = pattern.sub(name, output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda page: page.stem)
def test_shell_blocks_print_what_the_page_says(live_server, page):
    pairs = blocks(page)
    script = "set -e\n" + f"echo '\n{MARK}'\n".join(code for code, _ in pairs)
    script = script.replace("http://127.0.0.1:8000", live_server.url)
    script = script.replace(".venv/bin/python", shlex.quote(sys.executable))
    run = subprocess.run(
        ["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    outputs = run.stdout.split(MARK)
    assert len(outputs) == len(pairs)
    for (code, expected), printed in zip(pairs, outputs, strict=True):
        if expected is not None:
            assert plain(printed) == plain(expected), code


def test_the_guide_has_no_json_that_nothing_printed():
    expected = [output for _, output in blocks(GUIDE)]
    shown = [body for language, body in BLOCK.findall(GUIDE.read_text()) if language == "json"]
    assert all(body in expected for body in shown)
