"""The chain of hashes over an event's versions, by which a change by hand is found. Pure.

Each version's hash covers the version and the hash before it, so none can be changed, left out or
put in without all that follow. With a key they are HMACs (RFC 2104): who has the database alone
cannot make the chain anew.
"""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from events import jsonvalues
from events.times import format_instant

# What the first version has for the hash before it.
NONE = ""


def digest(
    previous: str,
    *,
    event_id: UUID,
    uid: str,
    split_from: UUID | None,
    version: int,
    action: str,
    author_id: UUID | None,
    at: datetime,
    change_set: UUID,
    note: str,
    source_version: int | None,
    merged_from: int | None,
    snapshot: str,
    key: str,
) -> str:
    """The hash of a version in hexadecimal: SHA-256 over canonical JSON, or HMAC with `key`."""
    covered = jsonvalues.canonical(
        {
            "previous": previous,
            "event": str(event_id),
            "uid": uid,
            "split_from": split_from and str(split_from),
            "version": version,
            "action": str(action),
            "author": author_id and str(author_id),
            "at": format_instant(at),
            "change_set": str(change_set),
            "note": note,
            "source_version": source_version,
            "merged_from": merged_from,
            "snapshot": snapshot,
        }
    )
    if key:
        return hmac.digest(key.encode(), covered, "sha256").hex()
    return hashlib.sha256(covered).hexdigest()
