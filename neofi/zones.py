"""IANA time zones, from the pinned tzdata package or the system's."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

# Names that are files beside the zones, not places.
NOT_ZONES = frozenset({"localtime", "posixrules", "Factory"})


@cache
def names() -> frozenset[str]:
    """Every name that is taken, spelled exactly so."""
    return frozenset(available_timezones() - NOT_ZONES)


def validate_timezone(name: str) -> None:
    """Raise ValidationError for anything that is no IANA name (case counts, offsets do not)."""
    if name not in names():
        raise ValidationError(
            "Give an IANA time zone, such as Europe/Berlin or UTC.", code="unknown_timezone"
        )
