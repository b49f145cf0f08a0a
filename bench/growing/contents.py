"""What the events of a world say. Pure."""

from typing import Any

from events.content import DEFAULTS

from .world import DAY, World

# What the few of a class have, by its number (World.class_of).
TENTATIVE, TAGGED, NEEDLE = range(3)

# Two thousand words; the first ones are in many events, the last ones in few.
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi")
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES][:2000]


def content_of(world: World, number: int, change: int, moved: bool) -> dict[str, Any]:
    """After so many changes."""
    of = world.class_of(number)
    start = world.start(number) + (DAY if moved else 0 * DAY)
    text = f"everywhere {words(number, 12)}"
    return {
        **DEFAULTS,
        "title": f"{words(number, 2)} {change}",
        "description": f"{text} needle" if of == NEEDLE else text,
        "location": words(number + 1, 1),
        "start_time": start,
        "end_time": start + world.length(number),
        "timezone": "UTC",
        "status": "tentative" if of == TENTATIVE else "confirmed",
        "tags": ["team", "rare"] if of == TAGGED else ["team"],
    }


def words(number: int, count: int) -> str:
    return " ".join(word(number * 31 + n * 17) for n in range(count))


def word(seed: int) -> str:
    scattered = (seed * 2_654_435_761 & 0xFFFFFFFF) / 2**32
    return WORDS[int(len(WORDS) * scattered**3)]
