"""The hash of a version: what it covers, and how, for whoever verifies it without us."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from events import chain

VALUES = {
    "previous": "ab" * 32,
    "event_id": UUID("0199f3b0-1a2b-7c3d-8e4f-5a6b7c8d9e0f"),
    "uid": "mine",
    "split_from": None,
    "version": 2,
    "action": "updated",
    "author_id": UUID("0199f3a2-7c41-7d3e-9b0a-5f1c2d3e4f50"),
    "at": datetime(2026, 2, 23, 8, 31, 47, 120_356, tzinfo=UTC),
    "change_set": UUID("0199ff42-6d10-7a55-9c3e-1f2a3b4c5d6e"),
    "note": "größer",
    "source_version": None,
    "merged_from": 1,
    "snapshot": '{"content":{},"schema":1}',
    "key": "",
}
# As docs/guide.md describes it. Hashes are kept for ever: this text is never another.
COVERED = (
    '{"action":"updated","at":"2026-02-23T08:31:47.120356Z",'
    '"author":"0199f3a2-7c41-7d3e-9b0a-5f1c2d3e4f50",'
    '"change_set":"0199ff42-6d10-7a55-9c3e-1f2a3b4c5d6e",'
    '"event":"0199f3b0-1a2b-7c3d-8e4f-5a6b7c8d9e0f","merged_from":1,"note":"größer",'
    f'"previous":"{"ab" * 32}","snapshot":"{{\\"content\\":{{}},\\"schema\\":1}}",'
    '"source_version":null,"split_from":null,"uid":"mine","version":2}'
).encode()


def digest(**changes) -> str:
    values = {**VALUES, **changes}
    return chain.digest(values.pop("previous"), **values)


def test_without_a_key_it_is_sha_256():
    assert digest() == hashlib.sha256(COVERED).hexdigest()


def test_with_a_key_it_is_hmac_sha_256():
    assert digest(key="ключ") == hmac.new("ключ".encode(), COVERED, "sha256").hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"previous": chain.NONE},
        {"event_id": UUID(int=1)},
        {"uid": "yours"},
        {"split_from": UUID(int=1)},
        {"version": 3},
        {"action": "undone"},
        {"author_id": None},
        {"at": datetime(2026, 2, 23, 8, 31, 47, 120_357, tzinfo=UTC)},
        {"change_set": UUID(int=1)},
        {"note": "großer"},
        {"source_version": 1},
        {"merged_from": None},
        {"snapshot": ""},
        {"key": "key"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_differs_makes_another(change):
    assert digest(**change) != digest()


def test_an_instant_is_one_in_any_zone():
    berlin = VALUES["at"].astimezone(timezone(timedelta(hours=1)))
    assert digest(at=berlin) == digest()
