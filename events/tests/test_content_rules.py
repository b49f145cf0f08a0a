"""The rules hold at every door, also where no serializer stands before them."""

import pytest
from rest_framework.serializers import ValidationError

from events import content
from events.services.writing import create_event
from events.tests.factories import EventFactory

LONG = {
    "title": "x" * (content.MAX_TITLE + 1),
    "description": "x" * (content.MAX_DESCRIPTION + 1),
    "location": "x" * (content.MAX_LOCATION + 1),
    "tags": ["x" * (content.MAX_TAG + 1)],
}


@pytest.mark.parametrize("field", LONG)
def test_a_text_that_is_too_long_is_refused_and_never_cut(owner, event, field):
    given = {name: getattr(event, name) for name in ("title", "start_time", "end_time")}
    with pytest.raises(ValidationError) as refusal:
        create_event(by=owner, content={**given, field: LONG[field]})
    assert {name: [e.code for e in found] for name, found in refusal.value.detail.items()} == {
        field: ["max_length"]
    }


@pytest.mark.parametrize("field", LONG)
def test_the_longest_text_is_kept_whole(owner, field):
    longest = [LONG[field][0][:-1]] if field == "tags" else LONG[field][:-1]
    event = EventFactory(by=owner, **{field: longest})
    event.refresh_from_db()
    assert getattr(event, field) == longest
