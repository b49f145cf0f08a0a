"""The rules hold at every door, also where no serializer stands before them."""

import pytest
from rest_framework.serializers import ValidationError

from events import content
from events.services.writing import create_event
from events.tests.factories import EventFactory, edit

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


BAD = [
    ({"title": "  "}, "title", "blank"),
    ({"tags": ["a", ""]}, "tags", "blank"),
    ({"timezone": "Mars/Olympus"}, "timezone", "unknown_timezone"),
    ({"metadata": [1]}, "metadata", "wrong_type"),
    ({"metadata": None}, "metadata", "wrong_type"),
    ({"metadata": {"a": float("nan")}}, "metadata", "invalid"),
    ({"metadata": {"a": [float("inf")]}}, "metadata", "invalid"),
    ({"metadata": {"a": 10**30}}, "metadata", "invalid"),
    ({"metadata": {"a": "\ud800"}}, "metadata", "invalid"),
    ({"exceptions": []}, "exceptions", "not_supported"),
]


@pytest.mark.parametrize(("given", "field", "code"), BAD)
def test_what_only_parsers_and_serializers_would_stop_is_refused(owner, event, given, field, code):
    with pytest.raises(ValidationError) as refusal:
        edit(event.pk, by=owner, content=given)
    assert [(name, e[0].code) for name, e in refusal.value.detail.items()] == [(field, code)]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("day", ["0001-01-03", "0001-01-04", "9999-12-28", "9999-12-29"])
def test_all_day_events_at_the_ends_of_the_calendar_are_kept_or_refused(api, owner, zone, day):
    sent = {"title": "Edge", "all_day": True, "timezone": zone}
    for start in (day, f"{day}T00:00:00Z"):
        answer = api(owner).post("/api/events", {**sent, "start_time": start, "end_time": start})
        assert answer.status_code == 400


@pytest.mark.parametrize("field", LONG)
def test_the_longest_text_is_kept_whole(owner, field):
    longest = [LONG[field][0][:-1]] if field == "tags" else LONG[field][:-1]
    event = EventFactory(by=owner, **{field: longest})
    event.refresh_from_db()
    assert getattr(event, field) == longest
