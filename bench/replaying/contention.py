"""Which edits are made at the same time, and from which state. Pure: edits in, windows out.

All updates of a conference, up to one for each client, are one window: everybody starts from the
same version and sends what they made of it at the same moment. Those that touch different things
are merged in whatever order they arrive; of those that touch the same, the first is taken and the
others are told so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .mapping import Conference, Content, content_of
from .plan import Edit, edited
from .story import Story

RUSHES = 100
# How many versions behind everybody is in a rush, where there are so many.
BEHIND = 2
TITLE_LIMIT = 200


@dataclass(frozen=True)
class Wish:
    """What one editor made of the version that the window starts from."""

    editor: str
    yours: Content


@dataclass(frozen=True)
class Window:
    """`after` is what must be there in the end; None where that is up to the order of arrival."""

    newcomers: list[str]
    wishes: list[Wish]
    after: Content | None
    behind: int = 0


@dataclass
class Life:
    """All that is done to a conference after its create. `asked` is who had it deleted, if any."""

    number: int
    owner: str
    windows: list[Window] = field(default_factory=list)
    asked: str | None = None
    people: list[str] = field(default_factory=list)

    def meet(self, editors: Iterable[str]) -> list[str]:
        """Those who have to be given access first, in order."""
        found = [name for name in dict.fromkeys(editors) if name not in self.people]
        self.people += found
        return found


def lives_of(edits: Iterable[Edit], clients: int) -> list[Life]:
    """`edits` must have passed as a plan: one create each, and nothing after a delete."""
    by_number: dict[int, list[Edit]] = {}
    for edit in edits:
        by_number.setdefault(edit.conference, []).append(edit)
    return [life_of(some, clients) for some in by_number.values() if len(some) > 1]


def life_of(edits: list[Edit], clients: int) -> Life:
    create = edits[0]
    life = Life(create.conference, create.editor, people=[create.editor])
    conference = edited({}, create)
    updates = [edit for edit in edits if edit.op == "update"]
    for start in range(0, len(updates), clients):
        together = updates[start : start + clients]
        window, conference = window_of(conference, together, life)
        life.windows.append(window)
    if edits[-1].op == "delete":
        life.asked = edits[-1].editor
    return life


def window_of(
    conference: Conference, together: list[Edit], life: Life
) -> tuple[Window, Conference]:
    wishes, after = [], conference
    for edit in together:
        wishes.append(Wish(edit.editor, content_of(edited(conference, edit))))
        after = edited(after, edit)
    newcomers = life.meet(wish.editor for wish in wishes)
    return Window(newcomers, wishes, content_of(after)), after


def rush_of(story: Story, clients: int) -> Window:
    """As many writes of one event at once as there are clients, all from a version some time ago.

    Everybody signs in `metadata` and adds a tag, which go together; every second one also gives it
    another title, of which the first to come is taken.
    """
    behind = min(BEHIND, len(story.versions) - 1)
    base = story.versions[-1 - behind].content
    people = [story.owner, *story.editors]
    wishes = []
    for number in range(clients):
        yours = base | {
            "metadata": {**base["metadata"], f"rush-{number}": number},
            "tags": [*base["tags"], f"rush-{number}"],
        }
        if number % 2:
            tail = f" #{number}"
            yours["title"] = base["title"][: TITLE_LIMIT - len(tail)] + tail
        wishes.append(Wish(people[number % len(people)], yours))
    return Window([], wishes, None, behind)
