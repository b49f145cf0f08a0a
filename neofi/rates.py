"""The rates of throttles, as operators write them in the environment."""

import re

from environs import ValidationError

RATE = re.compile(r"none|[0-9]+/(s|sec|second|m|min|minute|h|hour|d|day)")


def validate_rate(text: str) -> None:
    """Raise the environment reader's ValidationError for what DRF could not read as a rate."""
    if not RATE.fullmatch(text):
        raise ValidationError("Give a number per time, such as 30/min or 1000/day, or none.")
