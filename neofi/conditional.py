"""Conditional requests (RFC 9110 section 13) over tags with two parts: `"<state>.<form>"`.

The state changes with anything in the body; the form says how it is written (media type,
`fields`). A write cares for the state alone, so a tag that was read as MessagePack, or from the row
of a list (which has no form), guards a write in JSON.
"""

import zlib

from django.utils.http import parse_etags


def etag(state: str, form: str = "") -> str:
    """The header's value, quotes included."""
    return f'"{state}.{form}"' if form else f'"{state}"'


def in_form(tag: str, form: str) -> str:
    """The same state's tag for another form; a tag without a form stays as it is."""
    state, dot, _ = tag.strip('"').partition(".")
    return etag(state, form) if dot else tag


def form_of(media_format: str, fields: list[str] | None = None) -> str:
    """A short name for a way to write a body: `json`, or `json-1c291ca3` with `fields`."""
    if not fields:
        return media_format
    return f"{media_format}-{zlib.crc32(','.join(sorted(set(fields))).encode()):08x}"


def names_state(if_match: str, state: str) -> bool:
    """Whether an If-Match header names this state. Strong comparison: weak tags never do."""
    tags = parse_etags(if_match)
    return tags == ["*"] or any(
        tag.strip('"').partition(".")[0] == state for tag in tags if not tag.startswith("W/")
    )


def names_tag(if_none_match: str, tag: str) -> bool:
    """Whether an If-None-Match header names this very representation. Weak comparison."""
    tags = parse_etags(if_none_match)
    return tags == ["*"] or any(given.removeprefix("W/") == tag for given in tags)
