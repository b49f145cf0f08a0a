"""How times are read: in which zone, on which side of a change of clocks."""

import pytest

from accounts.tests.bodies import errors_in
from accounts.tests.factories import UserFactory
from events.tests.factories import body

URL = "/api/events"


def times(response) -> tuple[str, str]:
    assert response.status_code in (200, 201), response.content
    event = response.json()
    return event["start_time"], event["end_time"]


def create(client, start: str, end: str, zone: str, **changes):
    sent = body(start_time=start, end_time=end, timezone=zone, **changes)
    return client.post(URL, sent)


def created_url(response) -> str:
    return f"{URL}/{response.json()['id']}"


@pytest.mark.parametrize(
    ("given", "zone", "instant"),
    [
        ("2026-03-02T09:00:00", "Europe/Berlin", "2026-03-02T08:00:00Z"),
        ("2026-07-02T09:00:00", "Europe/Berlin", "2026-07-02T07:00:00Z"),
        ("2026-07-02T09:00", "Asia/Kathmandu", "2026-07-02T03:15:00Z"),
        ("2026-07-02 09:00:00", "UTC", "2026-07-02T09:00:00Z"),
        ("2026-07-02T09:00:00+02:00", "Asia/Tokyo", "2026-07-02T07:00:00Z"),
        ("2026-07-02t09:00:00z", "Asia/Tokyo", "2026-07-02T09:00:00Z"),
        ("2026-07-02T09:00:00.000001Z", "UTC", "2026-07-02T09:00:00.000001Z"),
        ("2026-07-02T09:00:00.5-00:00", "UTC", "2026-07-02T09:00:00.500000Z"),
        # Gaps: the offset before them.
        ("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T01:30:00Z"),
        ("2026-03-08T02:30:00", "America/New_York", "2026-03-08T07:30:00Z"),
        ("2026-10-04T02:15:00", "Australia/Lord_Howe", "2026-10-03T15:45:00Z"),
        ("2018-11-04T00:30:00", "America/Sao_Paulo", "2018-11-04T03:30:00Z"),
        # Folds: the first of the two.
        ("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("2026-11-01T01:30:00", "America/New_York", "2026-11-01T05:30:00Z"),
        ("2026-04-05T01:45:00", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"),
    ],
)
def test_a_time_is_read_in_the_events_zone(api, owner, given, zone, instant):
    start, _ = times(create(api(owner), given, "2027-01-01T00:00:00Z", zone))
    assert start == instant


def test_a_time_without_offset_is_read_in_the_users_zone_if_the_event_names_none(api, db):
    user = UserFactory(timezone="America/New_York")
    response = api(user).post(URL, body(start_time="2026-03-02T04:30:00"))
    assert times(response)[0] == "2026-03-02T09:30:00Z"


def test_a_patch_reads_times_in_the_zone_that_the_event_has(api, owner):
    client = api(owner)
    url = created_url(create(client, "2026-03-02T09:00", "2026-03-02T10:00", "Asia/Tokyo"))
    assert times(client.patch(url, {"end_time": "2026-03-02T11:00"})) == (
        "2026-03-02T00:00:00Z",
        "2026-03-02T02:00:00Z",
    )


def test_a_patch_reads_times_in_the_zone_that_it_gives(api, owner):
    client = api(owner)
    url = created_url(create(client, "2026-03-02T09:00", "2026-03-02T10:00", "Asia/Tokyo"))
    sent = {"timezone": "UTC", "end_time": "2026-03-02T11:00"}
    assert times(client.patch(url, sent))[1] == "2026-03-02T11:00:00Z"


@pytest.mark.parametrize(
    ("start", "end", "zone", "instants"),
    [
        ("2026-03-02", "2026-03-03", "UTC", ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")),
        (
            "2026-03-29",
            "2026-03-30",
            "Europe/Berlin",
            ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ),
        (
            "2026-04-05",
            "2026-04-06",
            "Australia/Lord_Howe",
            ("2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        ),
        # There is no midnight on these days: they start at one o'clock.
        (
            "2018-11-04",
            "2018-11-05",
            "America/Sao_Paulo",
            ("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        ),
        (
            "2023-03-26",
            "2023-03-27",
            "Asia/Beirut",
            ("2023-03-25T22:00:00Z", "2023-03-26T21:00:00Z"),
        ),
        # There are two here, and the day starts with the first.
        (
            "2026-11-01",
            "2026-11-02",
            "America/Havana",
            ("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ),
        (
            "2026-03-02T00:00:00",
            "2026-03-04T00:00:00",
            "Asia/Tokyo",
            ("2026-03-01T15:00:00Z", "2026-03-03T15:00:00Z"),
        ),
        (
            "2026-03-01T15:00:00Z",
            "2026-03-03",
            "Asia/Tokyo",
            ("2026-03-01T15:00:00Z", "2026-03-02T15:00:00Z"),
        ),
    ],
)
def test_an_all_day_event_starts_and_ends_with_days_of_its_zone(
    api, owner, start, end, zone, instants
):
    client = api(owner)
    response = create(client, start, end, zone, all_day=True)
    assert times(response) == instants
    # And what is answered is taken back as the same.
    again = client.put(created_url(response), response.json())
    assert (times(again), again.json()["version"]) == (instants, 1)


@pytest.mark.parametrize(
    ("start", "end", "zone", "errors"),
    [
        ("2026-03-02T09:00", "2026-03-03", "UTC", {"start_time": {"not_midnight"}}),
        ("2026-03-02", "2026-03-03T00:00:01", "UTC", {"end_time": {"not_midnight"}}),
        ("2026-03-02T00:00Z", "2026-03-03", "Europe/Berlin", {"start_time": {"not_midnight"}}),
        # The second midnight of that night starts no day.
        ("2026-11-01T05:00Z", "2026-11-02", "America/Havana", {"start_time": {"not_midnight"}}),
        ("2026-03-02", "2026-03-02", "UTC", {"end_time": {"not_after_start"}}),
    ],
)
def test_other_times_are_refused_for_an_all_day_event(api, owner, start, end, zone, errors):
    assert errors_in(create(api(owner), start, end, zone, all_day=True)) == errors


def test_a_date_is_for_all_day_events(api, owner):
    response = create(api(owner), "2026-03-02", "2026-03-03", "UTC")
    assert errors_in(response) == {"start_time": {"invalid"}, "end_time": {"invalid"}}


def test_a_change_of_zone_alone_keeps_the_instants_of_a_timed_event(api, owner):
    client = api(owner)
    response = create(client, "2026-03-02T09:00", "2026-03-02T10:00", "Asia/Tokyo")
    after = client.patch(created_url(response), {"timezone": "America/New_York"})
    assert times(after) == times(response)
    assert after.json()["version"] == 2


def test_a_change_of_zone_alone_keeps_the_dates_of_an_all_day_event(api, owner):
    client = api(owner)
    response = create(client, "2026-03-29", "2026-03-31", "Asia/Tokyo", all_day=True)
    after = client.patch(created_url(response), {"timezone": "Europe/Berlin"})
    assert times(after) == ("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z")


def test_one_new_date_and_a_new_zone_keep_the_other_date(api, owner):
    client = api(owner)
    response = create(client, "2026-03-02", "2026-03-04", "Asia/Tokyo", all_day=True)
    sent = {"timezone": "UTC", "start_time": "2026-03-01"}
    after = client.patch(created_url(response), sent)
    assert times(after) == ("2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")


def test_an_all_day_event_becomes_a_timed_one_at_the_same_instants(api, owner):
    client = api(owner)
    response = create(client, "2026-03-02", "2026-03-03", "Asia/Tokyo", all_day=True)
    after = client.patch(created_url(response), {"all_day": False, "timezone": "UTC"})
    assert times(after) == times(response)


@pytest.mark.parametrize(
    "given",
    [
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-03-02T25:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T09:00:00Z\x00",
        "2026-03-02T09:00:60Z",
        "20260302T090000Z",
        "2026-W10-1T09:00:00Z",
        "2026-W10-1",
        "2026-061",
        "20260302",
        "2026-03-02T",
        "2026-03-02T09",
        "2026-03-02x09:00:00Z",
        "2026-03-02T09:00:00 UTC",
        "2026-03-02T09:00:00+25:00",
        "tomorrow",
        "0",
        "",
        "\u0662026-03-02",
        1772442000,
        None,
        [],
    ],
)
@pytest.mark.parametrize("all_day", [True, False])
def test_what_is_no_time_is_refused(api, owner, given, all_day):
    errors = errors_in(api(owner).post(URL, body(start_time=given, all_day=all_day)))
    assert errors.keys() == {"start_time"}


@pytest.mark.parametrize("year", ["0000", "0001", "9999", "10000"])
def test_years_at_the_end_of_the_calendar_are_refused(api, owner, year):
    late = year > "5"
    edge = f"{year}-12-31T23:59:59" if late else f"{year}-01-01T00:00:00"
    name = "end_time" if late else "start_time"
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Niue"):
        for suffix in ("", "Z", "+14:00", "-12:00"):
            response = api(owner).post(URL, body(**{name: edge + suffix, "timezone": zone}))
            assert errors_in(response).keys() == {name}
