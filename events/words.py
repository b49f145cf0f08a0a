"""Which words two texts share, to show side by side what was changed. Pure.

Line by line first, then within the lines that differ: so a long text with a change in each of its
paragraphs is compared as well as a short one, within the bounds of `events.lines`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from events import lines

# A word, white space, or one sign: each is kept or changed whole.
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
WORD = re.compile(r"\w")


class Piece(NamedTuple):
    """A stretch of the older text and of the newer one that stand for each other; one may be empty.

    All pieces' `before` together are the older text, all their `after` the newer one.
    """

    before: str
    after: str
    is_same: bool


def compared(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in order, shared and changed ones in turn."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    with lines.limited():
        found = _joined(_of_lines(old, new))
    return _joined(_without_specks(found))


def _of_lines(old: list[str], new: list[str]) -> Iterator[Piece]:
    for piece in _pieces(old, new):
        if piece.before and piece.after and not piece.is_same:
            yield from _pieces(TOKEN.findall(piece.before), TOKEN.findall(piece.after))
        else:
            yield piece


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, i1, i2, j1, j2 in lines.opcodes(old, new):
        yield Piece("".join(old[i1:i2]), "".join(new[j1:j2]), tag == "equal")


def _without_specks(pieces: list[Piece]) -> Iterator[Piece]:
    """A lone space or comma between two changes is read as a part of them."""
    for n, piece in enumerate(pieces):
        # Shared and changed ones stand in turn, so all but the ends are between two of a kind.
        is_between = 0 < n < len(pieces) - 1
        is_speck = piece.is_same and is_between and not WORD.search(piece.before)
        yield piece._replace(is_same=False) if is_speck else piece


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """No two neighbours of one kind, and none that is empty."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].is_same == piece.is_same:
            last = found.pop()
            piece = Piece(last.before + piece.before, last.after + piece.after, piece.is_same)
        if piece.before or piece.after:
            found.append(piece)
    return found
