"""What a worker keeps in memory: less of it, and less to look through for garbage."""

import ctypes
import gc

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # glibc's malloc.h
LARGE = 128 * 1024  # as glibc has it in the beginning
YOUNGEST = 10_000  # objects: more than any request makes that is not large; 10 ms for a look
LIBC = ctypes.CDLL(None)


def keep_little() -> None:
    """Let what was taken for a moment go back to the system; workers inherit it. Of glibc alone.

    By default each thread takes memory from an arena of its own, where what a large request needed
    stays behind: 30 MB of a worker's 170 after batches of a thousand events. Python's lock lets one
    thread at a time ask for memory, so in one arena they do not wait for each other. And large
    blocks go back at once, unless glibc has seen larger ones: after a few hashes of passwords it
    would keep all of their memory, which was 100 MB.
    """
    if hasattr(LIBC, "mallopt"):
        LIBC.mallopt(M_ARENA_MAX, 1)
        LIBC.mallopt(M_MMAP_THRESHOLD, LARGE)


def settle() -> None:
    """What is there stays for good: the garbage collector need not look through it any more.

    A full collection takes 40 ms then, after batches of a thousand events, and not 250; it also
    comes sooner, for when it is worth while depends on how much there is. And in a fork it
    writes to no page that the main process shares.

    By default the youngest objects are looked through after 700 that were made, several times in a
    request, whose objects all live until its end: a third of what it took to create an event.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # counts what is left, to judge by
    gc.set_threshold(YOUNGEST, *gc.get_threshold()[1:])


def give_back() -> None:
    """Return what is free to the system after each full collection; it takes some 2 ms.

    By itself only what is free at the very end goes back, which was 20 MB less.
    """
    if hasattr(LIBC, "malloc_trim"):
        gc.callbacks.append(_trim)


def _trim(phase: str, info: dict) -> None:
    if phase == "stop" and info["generation"] == 2:
        LIBC.malloc_trim(0)
