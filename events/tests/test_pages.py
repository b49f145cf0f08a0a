"""The list in pages: nothing is lost or doubled, whatever shares an order and whatever changes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.tests.bodies import errors_in
from events.models import Event
from events.services.batch import create_events
from events.services.writing import delete_event
from events.tests.factories import EventFactory
from neofi.tests.paging import pages, rows, rows_backwards

URL = "/api/events"
DAY = datetime(2026, 3, 2, tzinfo=UTC)
ORDERINGS = ["start_time", "-start_time", "updated_at", "-updated_at"]


def make(count: int, by, *, apart: timedelta = timedelta()) -> list[Event]:
    items = [
        {
            "title": f"Event {number}",
            "start_time": DAY + number * apart,
            "end_time": DAY + number * apart + timedelta(days=1),
            "all_day": not apart,
        }
        for number in range(count)
    ]
    return create_events(by=by, items=items, notes=[""] * count)


def ids(found: list[dict]) -> list[str]:
    return [row["id"] for row in found]


def test_thousands_of_events_that_start_together_are_all_read_once(api, owner):
    made = sorted(str(event.pk) for event in make(1500, owner))
    client, url = api(owner), f"{URL}?page_size=100&fields=id"
    assert ids(rows(client, url)) == made
    assert ids(rows_backwards(client, url)) == made


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_every_order_is_the_same_in_pages_of_any_size(api, owner, ordering, size):
    make(3, owner)
    make(4, owner, apart=timedelta(minutes=5))
    client = api(owner)
    whole = ids(rows(client, f"{URL}?ordering={ordering}&page_size=100"))
    assert len(set(whole)) == 7
    url = f"{URL}?ordering={ordering}&page_size={size}"
    assert ids(rows(client, url)) == whole
    assert ids(rows_backwards(client, url)) == whole


def test_a_descending_order_is_the_ascending_one_turned_round(api, owner):
    make(5, owner)
    client = api(owner)
    for name in ("start_time", "updated_at"):
        up, down = (ids(rows(client, f"{URL}?ordering={o}")) for o in (name, f"-{name}"))
        assert up == down[::-1]


def test_pages_have_twenty_rows_unless_asked(api, owner):
    make(21, owner)
    sizes = [len(page["results"]) for page in pages(api(owner), URL)]
    assert sizes == [20, 1]


def test_a_page_that_is_just_full_is_the_last(api, owner):
    make(4, owner)
    first, second = pages(api(owner), f"{URL}?page_size=2")
    assert first["previous"] is None
    assert second["next"] is None


def test_links_keep_the_filters_and_the_size(api, owner):
    for number in range(3):
        EventFactory(by=owner, title=f"Team {number}", tags=["a", "b"])
        EventFactory(by=owner, title=f"Other {number}")
    client = api(owner)
    url = f"{URL}?tag=a&tag=b&search=team&page_size=1&ordering=-start_time"
    seen = list(pages(client, url))
    assert [page["results"][0]["title"] for page in seen] == ["Team 2", "Team 1", "Team 0"]
    for link in (seen[0]["next"], seen[2]["previous"]):
        query = parse_qs(urlsplit(link).query)
        assert query.pop("cursor")
        assert query == parse_qs(urlsplit(url).query)


def test_what_comes_and_goes_between_two_pages_moves_nothing_else(api, owner):
    events = make(6, owner, apart=timedelta(hours=1))
    client = api(owner)
    first = client.get(f"{URL}?page_size=3").json()

    delete_event(events[0].pk, by=owner)  # behind us
    delete_event(events[2].pk, by=owner)  # the row that the cursor names
    delete_event(events[4].pk, by=owner)  # ahead
    early = EventFactory(by=owner, start_time="2026-03-01T00:00Z", end_time="2026-03-01T01:00Z")
    late = EventFactory(by=owner, start_time="2026-03-02T03:30Z", end_time="2026-03-02T04:00Z")

    second = client.get(first["next"]).json()
    assert ids(second["results"]) == [str(e.pk) for e in (events[3], late, events[5])]
    back = client.get(second["previous"]).json()
    assert ids(back["results"]) == [str(e.pk) for e in (early, events[1])]
    assert back["previous"] is None


def test_the_first_page_read_backwards_leads_forward_again(api, owner):
    make(4, owner)
    client = api(owner)
    first = client.get(f"{URL}?page_size=2").json()
    again = client.get(client.get(first["next"]).json()["previous"]).json()
    assert again["results"] == first["results"]
    assert again["previous"] is None
    assert client.get(again["next"]).json()["results"]


@pytest.mark.parametrize("size", ["0", "101", "-1", "x", "", "1.0", "٣", "9" * 400])
def test_a_page_has_one_to_a_hundred_rows(api, owner, size):
    assert errors_in(api(owner).get(f"{URL}?page_size={size}")) == {"page_size": {"invalid"}}


@pytest.mark.parametrize(
    "cursor", ["", "x", "AAAA", "e30", "WyJzdGFydF90aW1lIl0", "%00", "é", "a" * 999]
)
def test_a_cursor_of_nonsense_is_refused(api, owner, cursor):
    errors = errors_in(api(owner).get(f"{URL}?cursor={cursor}"))
    assert errors == {"cursor": {"invalid_cursor"}}


def test_a_cursor_of_another_order_is_refused(api, owner):
    make(2, owner)
    client = api(owner)
    link = client.get(f"{URL}?page_size=1").json()["next"]
    errors = errors_in(client.get(f"{link}&ordering=updated_at"))
    assert errors == {"cursor": {"invalid_cursor"}}


def test_a_cursor_opens_no_door(api, owner, stranger):
    make(3, owner)
    link = api(owner).get(f"{URL}?page_size=1").json()["next"]
    assert api(stranger).get(link).json()["results"] == []
