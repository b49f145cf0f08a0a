import uuid
from datetime import UTC, datetime, timedelta

import pytest

from neofi.ids import first_uuid7, parse_uuid, uuid7

ONE = "0190f3c4-7d2a-7bcd-8e5f-001122334455"


def test_ids_are_of_version_seven_and_grow():
    made = [uuid7() for _ in range(100)]
    assert all(type(one) is uuid.UUID and one.version == 7 for one in made)
    assert made == sorted(made)


def test_an_id_is_read_in_its_one_spelling():
    assert parse_uuid(ONE) == parse_uuid(ONE.upper()) == uuid.UUID(ONE)


@pytest.mark.parametrize(
    "text",
    [f"{{{ONE}}}", f"urn:uuid:{ONE}", ONE.replace("-", ""), f" {ONE}", ONE[:-1], "", "x", None, 7],
)
def test_no_other_spelling_is_an_id(text):
    assert parse_uuid(text) is None


def test_what_is_made_since_a_moment_is_not_less_than_its_first_id():
    before = uuid7()
    moment = datetime.now(UTC)
    first = first_uuid7(moment)
    assert first.version == 7
    assert first_uuid7(moment - timedelta(milliseconds=2)) < before
    assert first_uuid7(moment) <= uuid7()
