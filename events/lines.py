"""Which lines two texts share: Myers' shortest edit path, given up where it would take long.

Pure. The standard library's difflib takes ten seconds over a thousand lines that are much alike,
and anybody may write such a description; here the work has a bound, whatever the lines are.
"""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

Opcode = tuple[str, int, int, int, int]
Block = tuple[int, int, int]

# Steps of the search, some tenths of a second. Beyond, the lines between the common beginning and
# the common end are one change.
MAX_WORK = 300_000

_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextmanager
def limited(work: int = 10 * MAX_WORK) -> Iterator[None]:
    """Bound the work of all comparisons in the block together: one request may ask for hundreds.

    Once it is spent, what lies between the common beginning and end counts as one change.
    """
    if _left.get() is not None:  # within another such block, whose bound holds
        yield
        return
    token = _left.set([work])
    try:
        yield
    finally:
        _left.reset(token)


def spend(work: int) -> bool:
    """Take that much from the block's bound; False if there was nothing left."""
    left = _left.get()
    if left is None:
        return True
    left[0] -= work
    return left[0] + work > 0


def _most_work() -> int:
    left = _left.get()
    return MAX_WORK if left is None else min(MAX_WORK, left[0])


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """How `old` becomes `new`, as difflib's opcodes say it."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    inner = _shared_blocks(old[head : len(old) - tail], new[head : len(new) - tail])
    blocks = [
        (0, 0, head),
        *((i + head, j + head, size) for i, j, size in inner),
        (len(old) - tail, len(new) - tail, tail),
    ]
    return _between(blocks)


def unified(old: Sequence[str], new: Sequence[str], names: tuple[str, str]) -> list[str]:
    """The lines of a unified diff, three lines of context around each change; none if equal."""
    lines = [f"--- {names[0]}", f"+++ {names[1]}"]
    for hunk in Matcher(None, old, new).get_grouped_opcodes():
        (_, i1, _, j1, _), (_, _, i2, _, j2) = hunk[0], hunk[-1]
        lines.append(f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@")
        for opcode in hunk:
            lines += marked(old, new, opcode)
    return lines if len(lines) > 2 else []


def marked(old: Sequence[str], new: Sequence[str], opcode: Opcode) -> list[str]:
    """The lines that an opcode is about, each behind ` ` (in both), `-` (old) or `+` (new)."""
    tag, i1, i2, j1, j2 = opcode
    if tag == "equal":
        return [f" {line}" for line in old[i1:i2]]
    return [f"-{line}" for line in old[i1:i2]] + [f"+{line}" for line in new[j1:j2]]


class Matcher(difflib.SequenceMatcher):
    """The standard library's interface, over our comparison: difflib groups, merge3 merges."""

    def get_matching_blocks(self):
        found = opcodes(self.a, self.b)
        shared = [(i1, j1, i2 - i1) for tag, i1, i2, j1, _ in found if tag == "equal"]
        return [*shared, (len(self.a), len(self.b), 0)]


def _range(start: int, stop: int) -> str:
    """`3,7`: seven lines from the third. The line before, where there are none."""
    size = stop - start
    return f"{start + 1}" if size == 1 else f"{start + bool(size)},{size}"


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines from the first on are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _shared_blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """`(start in old, start in new, size)` of each run of shared lines, in order.

    E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), figure 2. `trace[d][i]`
    is how far in `old` a path of `d` edits can come on the diagonal where it is `2 * i - d` lines
    further in `old` than in `new`.
    """
    trace, work, last, most = [], 0, [], _most_work()
    for edits in range(len(old) + len(new) + 1):
        reached = []
        # What `_entry` says, without a call for each of so many steps.
        for i, (down, right) in enumerate(zip([*last, -1], [-1, *last], strict=True)):
            diagonal = 2 * i - edits
            start = x = down if down > right else right + 1
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reached.append(x)
            if x >= len(old) and x - diagonal >= len(new):
                spend(work)
                return _walk_back([*trace, reached], i)
            work += 1 + x - start
        trace.append(reached)
        last = reached
        if work > most:
            break
    spend(work)
    return []


def _entry(trace: list[list[int]], i: int) -> int:
    """Where the next edit leads to: down, by a line of `new`, or right, by one of `old`."""
    if not trace:
        return 0
    return trace[-1][i] if _from_above(trace, i) else trace[-1][i - 1] + 1


def _from_above(trace: list[list[int]], i: int) -> bool:
    last = trace[-1]
    return i == 0 or (i < len(last) and last[i - 1] < last[i])


def _walk_back(trace: list[list[int]], i: int) -> list[Block]:
    blocks = []
    while trace:
        edits, x = len(trace) - 1, trace.pop()[i]
        start = _entry(trace, i)
        if x > start:
            blocks.append((start, start - (2 * i - edits), x - start))
        if trace and not _from_above(trace, i):
            i -= 1
    return blocks[::-1]


def _between(blocks: list[Block]) -> list[Opcode]:
    """The blocks, and what lies between them. No two of them touch."""
    found, i, j = [], 0, 0
    for start_i, start_j, size in blocks:
        if i < start_i or j < start_j:
            tag = "insert" if i == start_i else "delete" if j == start_j else "replace"
            found.append((tag, i, start_i, j, start_j))
        i, j = start_i + size, start_j + size
        if size:
            found.append(("equal", start_i, i, start_j, j))
    return found
