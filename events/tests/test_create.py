from datetime import UTC, datetime
from uuid import UUID

import pytest

from accounts.tests.bodies import errors_in
from accounts.tests.factories import UserFactory
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.tests.factories import body

URL = "/api/events"


def created(client, **changes) -> dict:
    response = client.post(URL, body(**changes))
    assert response.status_code == 201, response.content
    return response.json()


def test_an_event_is_created_with_its_defaults(api, owner):
    event = created(api(owner))

    assert UUID(event["id"]).version == 7
    assert event == {
        "id": event["id"],
        "title": "Planning",
        "description": "",
        "location": "",
        "start_time": "2026-03-02T09:00:00Z",
        "end_time": "2026-03-02T10:00:00Z",
        "timezone": "UTC",
        "all_day": False,
        "status": "confirmed",
        "transparency": "opaque",
        "tags": [],
        "metadata": {},
        "recurrence": None,
        "exceptions": {},
        "uid": event["id"],
        "split_from": None,
        "version": 1,
        "role": "owner",
        "capabilities": ["read", "edit", "share", "delete", "transfer"],
        "owner": {"id": str(owner.pk), "username": "owner"},
        "created_at": event["created_at"],
        "updated_at": event["created_at"],
        "updated_by": {"id": str(owner.pk), "username": "owner"},
    }


def test_every_content_field_is_kept(api, owner):
    content = {
        "title": "Offsite",
        "description": "Bring\nboots",
        "location": "Hut",
        "start_time": "2026-05-01T07:00:00Z",
        "end_time": "2026-05-02T15:30:00.000250Z",
        "timezone": "Asia/Kathmandu",
        "all_day": False,
        "status": "tentative",
        "transparency": "transparent",
        "tags": ["team", "out"],
        "metadata": {"room": {"seats": [1, 2.5, None, True]}},
        "recurrence": None,
        "exceptions": {},
    }
    event = created(api(owner), **content)
    assert {name: event[name] for name in content} == content
    read = api(owner).get(f"{URL}/{event['id']}").json()
    assert read == event


def test_the_answer_says_where_the_event_is(api, owner):
    client = api(owner)
    response = client.post(URL, body())

    assert response["Location"] == f"http://testserver/api/events/{response.json()['id']}"
    read = client.get(response["Location"])
    assert read.json() == response.json()
    assert read["ETag"] == response["ETag"]


def test_the_creator_is_the_owner_by_a_grant(api, owner):
    event = created(api(owner))
    grant = Grant.objects.get(event_id=event["id"])
    assert (grant.user, grant.role, grant.granted_by) == (owner, "owner", owner)
    assert grant.event_start_time == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_first_version_is_attributed(api, owner):
    response = api(owner).post(URL, body(note="from the minutes"))

    version = HistoricalEvent.objects.get(id=response.json()["id"])
    assert (version.version, version.action) == (1, "created")
    assert version.history_user_id == owner.pk
    assert version.history_change_reason == "from the minutes"
    access = HistoricalGrant.objects.get(event_id=version.id)
    assert (access.action, access.change_set) == ("created", version.change_set)
    assert response["X-Change-Set"] == str(version.change_set)


def test_the_timezone_is_by_default_the_users_own(api, db):
    user = UserFactory(timezone="Pacific/Auckland")
    assert created(api(user))["timezone"] == "Pacific/Auckland"


def test_title_location_and_tags_are_trimmed(api, owner):
    event = created(api(owner), title="  Planning\n", location="\tHut ", tags=[" a ", "b"])
    assert (event["title"], event["location"], event["tags"]) == ("Planning", "Hut", ["a", "b"])


def test_description_and_metadata_are_kept_as_they_came(api, owner):
    description, metadata = "  two\r\nlines \n", {" key ": "  value "}
    event = created(api(owner), description=description, metadata=metadata)
    assert (event["description"], event["metadata"]) == (description, metadata)


def test_lengths_count_after_trimming(api, owner):
    longest = {"title": "t" * 200, "location": "l" * 300, "tags": ["g" * 50]}
    padded = {"title": f" {'t' * 200} ", "location": f" {'l' * 300} ", "tags": [f" {'g' * 50} "]}
    event = created(api(owner), **padded)
    assert {name: event[name] for name in longest} == longest


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": " "}, {"title": {"blank"}}),
        ({"title": "t" * 201}, {"title": {"max_length"}}),
        ({"description": "d" * 20_001}, {"description": {"max_length"}}),
        ({"location": "l" * 301}, {"location": {"max_length"}}),
        ({"tags": ["g"] * 21}, {"tags": {"max_length"}}),
        ({"tags": ["a", " a "]}, {"tags": {"doubled"}}),
        ({"tags": [" "]}, {"tags.0": {"blank"}}),
        ({"tags": ["g" * 51]}, {"tags.0": {"max_length"}}),
        ({"metadata": {"k": "v" * 16_384}}, {"metadata": {"too_large"}}),
        ({"metadata": {"k": ["\x00"]}}, {"metadata": {"null_characters"}}),
        ({"metadata": {"\x00": 1}}, {"metadata": {"null_characters"}}),
        ({"recurrence": "FREQ=DAILY"}, {"recurrence": {"not_supported"}}),
        ({"exceptions": {"2026-03-02": None}}, {"exceptions": {"not_supported"}}),
        ({"timezone": "Mars/Olympus"}, {"timezone": {"unknown_timezone"}}),
        ({"end_time": "2026-03-02T09:00:00Z"}, {"end_time": {"not_after_start"}}),
        (
            {"status": "done", "colour": "red"},
            {"status": {"invalid_choice"}, "colour": {"unknown_field"}},
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(api, owner, changes, errors):
    assert errors_in(api(owner).post(URL, body(**changes))) == errors
    assert not Event.objects.exists()


def test_every_missing_field_is_named(api, owner):
    required = {"required"}
    errors = {"title": required, "start_time": required, "end_time": required}
    assert errors_in(api(owner).post(URL, {})) == errors


def test_the_largest_metadata_fits(api, owner):
    metadata = {"k": "v" * (16 * 1024 - len('{"k":""}'))}
    assert created(api(owner), metadata=metadata)["metadata"] == metadata


@pytest.mark.parametrize(
    "number",
    [0, -1, 2**53 + 1, 2**63, 2**64 - 1, 1.0, 0.1, 1e16, 1.5e17, 1e19, 1e29, 1.7e308, 5e-324, -0.0],
)
def test_numbers_in_metadata_are_read_back_as_they_were_answered(api, owner, number):
    client = api(owner)
    response = client.post(URL, body(metadata={"n": number}))
    again = client.get(f"{URL}/{response.json()['id']}")
    assert again.json()["metadata"]["n"] == number
    assert again.content == response.content
