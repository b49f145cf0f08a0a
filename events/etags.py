"""The state part of an event's ETag (neofi.conditional has the form part)."""

from hashlib import blake2b

import orjson

from events.models import Event


def state_of(event: Event) -> str:
    """Changes with anything that the event's representation shows to this caller.

    The version stands for the content; the rest is what changes without a version: the caller's
    role, the owner, and whether the last editor's account still exists.
    """
    parts = (event.id, event.role, event.owner_id, event.owner_username, event.updated_by_id)
    digest = blake2b(orjson.dumps(parts), digest_size=6).hexdigest()
    return f"{event.version}-{digest}"
