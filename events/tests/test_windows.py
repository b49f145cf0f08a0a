"""Windows of the calendar: whatever reaches into one is found, however long ago it began."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from events.models import Event
from events.tests.factories import EventFactory
from events.times import EARLIEST

BEGINNING = datetime(2026, 3, 1, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
# On both sides of what divides one class of lengths from the next, and far from it.
LENGTHS = [
    timedelta(minutes=1),
    DAY - INSTANT,
    DAY,
    DAY + INSTANT,
    *(4**reach * DAY + more for reach in (1, 2, 3) for more in (-INSTANT, 0 * DAY, INSTANT)),
    400 * DAY,
    20_000 * DAY,
]
STARTS = [BEGINNING + days * DAY for days in (-300, -63, -15, -3, -1, 0, 2)]
WINDOWS = [
    (BEGINNING, BEGINNING + DAY),
    (BEGINNING - INSTANT, BEGINNING),
    (BEGINNING + INSTANT, BEGINNING + 2 * INSTANT),
    (BEGINNING + DAY, BEGINNING + 90 * DAY),
    (BEGINNING - 1000 * DAY, BEGINNING + 1000 * DAY),
    (BEGINNING + 3000 * DAY, BEGINNING + 3001 * DAY),
    (EARLIEST, BEGINNING),
    (datetime(9999, 1, 1, tzinfo=UTC), datetime(9999, 2, 1, tzinfo=UTC)),
]


@pytest.fixture
def calendar(owner):
    return [
        EventFactory(by=owner, start_time=text(start), end_time=text(start + length))
        for start, length in product(STARTS, LENGTHS)
    ]


def text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z".rjust(27, "0")


def paged(client, url: str) -> list[str]:
    found = []
    while url:
        page = client.get(url).json()
        found += [event["id"] for event in page["results"]]
        url = page["next"]
    return found


@pytest.mark.parametrize("ordering", ["start_time", "-start_time", "updated_at"])
def test_a_window_holds_what_overlaps_it(api, owner, calendar, ordering):
    client = api(owner)
    order = ordering.removeprefix("-")
    for since, until in WINDOWS:
        expected = [e for e in calendar if e.end_time > since and e.start_time < until]
        expected.sort(key=lambda e: (getattr(e, order), e.pk), reverse=ordering[0] == "-")
        url = f"/api/events?from={text(since)}&to={text(until)}&ordering={ordering}&page_size=7"
        assert paged(client, url) == [str(event.pk) for event in expected]


def test_the_way_back_is_the_same(api, owner, calendar):
    client = api(owner)
    url = f"/api/events?from={text(BEGINNING)}&page_size=9"
    there, back = [], []
    while url:
        page = client.get(url).json()
        there.append([event["id"] for event in page["results"]])
        url, previous = page["next"], page["previous"]
    url = previous
    while url:
        page = client.get(url).json()
        back.append([event["id"] for event in page["results"]])
        url = page["previous"]
    assert back[::-1] == there[:-1]
    assert len(there) > 3


def test_the_parts_of_a_window_have_nothing_in_common(owner, calendar):
    seen = Event.objects.visible_to(owner).ending_after(BEGINNING)
    parts = [set(part.values_list("pk", flat=True)) for part in seen.parts("start_time")]
    assert len(parts) == 2
    assert not parts[0] & parts[1]
    assert parts[0] | parts[1] == set(seen.values_list("pk", flat=True))
