"""UUIDv7 identifiers (RFC 9562 section 5.7): unique anywhere, in an index in order of creation."""

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A new UUIDv7, as the standard library's type."""
    return _uuid7()


def parse_uuid(text: str) -> uuid.UUID | None:
    """The id in its one canonical spelling (36 characters), or None.

    `uuid.UUID` also takes braces, `urn:uuid:` and any dashes, which would give one event many URLs.
    """
    try:
        value = uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
    return value if str(value) == text.lower() else None


def first_uuid7(moment: datetime) -> uuid.UUID:
    """The least UUIDv7 of that millisecond: what is made since is not less."""
    milliseconds = int(moment.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62)
