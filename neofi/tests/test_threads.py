"""The line of those that wait for a thread, and the threads."""

import subprocess
import sys
import threading
import time
from queue import SimpleQueue

import pytest
from django.conf import settings

from neofi.threads import Threads


@pytest.fixture
def done():
    """What was done, as pairs of (in time, name)."""
    return SimpleQueue()


def note(in_time, done, name):
    done.put((in_time, name))


def hold(in_time, go_on):
    go_on.wait(5)


def test_jobs_are_done_in_order(done):
    threads = Threads(1, patience=5)
    for name in "abc":
        threads.start(note, done, name)
    assert [done.get(timeout=5) for _ in "abc"] == [(True, "a"), (True, "b"), (True, "c")]


def test_whoever_waited_too_long_is_turned_away_and_the_rest_wait_on(done):
    threads, go_on = Threads(1, patience=0.4), threading.Event()
    threads.start(hold, go_on)
    threads.start(note, done, "early")
    time.sleep(0.3)
    threads.start(note, done, "late")
    assert done.get(timeout=5) == (False, "early")
    go_on.set()
    assert done.get(timeout=5) == (True, "late")


def test_each_job_is_done_once(done):
    """By the threads or by the watch, whatever those two race for."""
    threads = Threads(3, patience=0.01)
    for number in range(5_000):
        threads.start(note, done, number)
        time.sleep(0.02 if number % 1_000 == 0 else 0)
    names = [done.get(timeout=5)[1] for _ in range(5_000)]
    assert sorted(names) == list(range(5_000))
    time.sleep(0.1)
    assert done.empty()


def tell_thread(in_time, done):
    done.put(threading.get_ident())


def test_one_thread_does_all_small_jobs(done):
    threads = Threads(3, patience=5)
    for _ in range(100):
        threads.start(tell_thread, done)
        time.sleep(0.001)
    assert len({done.get(timeout=5) for _ in range(100)}) == 1


def test_what_holds_threads_up_holds_up_nobody_else_while_there_is_one_left(done):
    threads, go_on = Threads(3, patience=1), threading.Event()
    threads.start(hold, go_on)
    threads.start(hold, go_on)
    threads.start(note, done, "small")
    assert done.get(timeout=5) == (True, "small")
    threads.start(hold, go_on)
    threads.start(note, done, "one too many")
    assert done.get(timeout=5) == (False, "one too many")
    go_on.set()
    threads.start(note, done, "after that")
    assert done.get(timeout=5) == (True, "after that")


def leave(in_time):
    raise SystemExit


def test_a_thread_survives_what_its_job_raises(done):
    threads = Threads(1, patience=5)
    threads.start(leave)
    threads.start(note, done, "next")
    assert done.get(timeout=5) == (True, "next")


def test_the_process_ends_when_what_was_begun_is_done():
    program = """if True:
        import time
        from neofi.threads import Threads

        def work(in_time, name):
            time.sleep(0.2)
            print(name, flush=True)

        threads = Threads(1, patience=5)
        for name in "ab":
            threads.start(work, name)
    """
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "a\nb\n", "")
