"""UUIDv7 identifiers (RFC 9562 section 5.7): unique anywhere, in an index in order of creation."""

import uuid

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
