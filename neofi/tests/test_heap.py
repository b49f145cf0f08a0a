"""What is given back to the system, with a process of its own for each."""

import gc
import subprocess
import sys

import pytest
from django.conf import settings

from neofi import heap

pytestmark = pytest.mark.skipif(not hasattr(heap.LIBC, "mallopt"), reason="needs glibc")

ARGON = "from argon2.low_level import Type, hash_secret\n"
HASH = "hash_secret(b'of nobody', b'saltsalt', 1, 20_000, 1, 32, Type.ID)\n"


def megabytes_after(program: str) -> int:
    """The resident size at the end of a program."""
    program += (
        "from pathlib import Path\n"
        "print(int(Path('/proc/self/statm').read_text().split()[1]) * 4096 // 1_000_000)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout)


def test_the_memory_of_a_hash_does_not_stay():
    prepared = ARGON + "from neofi import heap; heap.keep_little()\n"
    assert megabytes_after(prepared + HASH * 3) < megabytes_after(prepared) + 10


def test_what_is_free_goes_back_with_a_full_collection():
    """Even if something still in use lies behind it."""
    program = (
        "import gc\n"
        "from neofi import heap\n"
        "heap.keep_little(); heap.settle(); heap.give_back()\n"
        "many = [bytes(50_000) for _ in range(1_000)]\n"
        "last = bytes(50_000)\n"
        "del many\n"
    )
    assert megabytes_after(program + "gc.collect()\n") < megabytes_after(program) - 30


def test_what_is_settled_is_not_looked_through_again():
    before = gc.get_freeze_count()
    heap.settle()
    try:
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
