"""Workers that stay on a processor each."""

import os
import signal
from contextlib import ExitStack, contextmanager

import pytest

from neofi.processors import Processors

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="no processor can be chosen here"
)


@contextmanager
def fork_that_took_one(processors):
    """A process; gives what it may run on."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        processors.take_one()
        os.write(writing, " ".join(map(str, os.sched_getaffinity(0))).encode())
        signal.pause()
    yield {int(number) for number in os.read(reading, 1000).split()}
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)
    os.close(writing)


def test_each_fork_takes_another_processor():
    processors = Processors()
    with ExitStack() as stack:
        forks = [fork_that_took_one(processors) for _ in range(len(processors))]
        taken = [stack.enter_context(fork) for fork in forks]
    assert sorted(taken, key=min) == [{number} for number in sorted(os.sched_getaffinity(0))]


def test_what_a_killed_fork_had_is_free_again():
    processors = Processors()
    with fork_that_took_one(processors) as first:
        pass
    with fork_that_took_one(processors) as second:
        assert second == first


def test_a_fork_too_many_runs_on_all():
    processors = Processors()
    with ExitStack() as stack:
        for _ in range(len(processors)):
            stack.enter_context(fork_that_took_one(processors))
        assert stack.enter_context(fork_that_took_one(processors)) == os.sched_getaffinity(0)
