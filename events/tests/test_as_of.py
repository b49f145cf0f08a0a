"""`as_of`: an event, and the calendar, as they were. (test_as_of_replayed has every filter.)"""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.http import urlencode

from accounts.tests.bodies import errors_in
from accounts.tests.factories import UserFactory
from collaboration.services.sharing import revoke
from events.models import HistoricalEvent
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit, shared
from events.tests.operations import patch, send
from neofi.tests.queries import queries

LIST = "/api/events"
TICK = timedelta(microseconds=1)


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def asked(client, event, at: datetime, **params):
    return client.get(f"{LIST}/{event.pk}?{urlencode({'as_of': written(at), **params})}")


def listed(client, at: datetime, **params) -> list[dict]:
    response = client.get(f"{LIST}?{urlencode({'as_of': written(at), **params}, doseq=True)}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


@pytest.fixture
def renamed(event, editor):
    """The event, and the instants of its two versions: first "Planning", then "Review"."""
    changed = edit(event.pk, by=editor, content={"title": "Review", "tags": ["b"]})
    return event, event.created_at, changed.updated_at


def test_an_event_is_read_as_it_was(api, owner, editor, renamed):
    event, created, changed = renamed
    client = api(owner)
    today = client.get(f"{LIST}/{event.pk}").json()

    assert asked(client, event, changed).json() == today
    before = asked(client, event, changed - TICK).json()
    assert before == {
        **today,
        "title": "Planning",
        "tags": [],
        "version": 1,
        "updated_at": before["created_at"],
        "updated_by": {"id": str(owner.pk), "username": "owner"},
    }
    assert asked(client, event, created).json() == before


def test_before_its_creation_there_is_no_event(api, owner, renamed):
    event, created, _ = renamed
    assert asked(api(owner), event, created - TICK).status_code == 404
    assert listed(api(owner), created - TICK) == []


def test_while_it_was_in_the_trash_there_is_no_event(api, owner, event):
    deleted = delete_event(event.pk, by=owner).updated_at
    restored = restore_event(event.pk, by=owner).updated_at
    client = api(owner)
    expected = [(deleted - TICK, 1), (deleted, None), (restored - TICK, None), (restored, 3)]
    for at, version in expected:
        response = asked(client, event, at)
        assert response.status_code == (404 if version is None else 200)
        assert [row["version"] for row in listed(client, at)] == ([version] if version else [])


def test_what_is_in_the_trash_today_was_never_there(api, owner, event):
    delete_event(event.pk, by=owner)
    assert asked(api(owner), event, event.created_at).status_code == 404
    assert listed(api(owner), event.created_at) == []


def test_an_instant_to_come_means_now(api, owner, renamed):
    event, *_ = renamed
    client = api(owner)
    for at in ("9999-12-28", "2999-01-01T00:00:00Z"):
        one, rows = (client.get(f"{url}?as_of={at}").json() for url in (f"{LIST}/{event.pk}", LIST))
        assert one == client.get(f"{LIST}/{event.pk}").json()
        assert rows["results"] == client.get(LIST).json()["results"]


def test_access_is_todays(api, owner, editor, stranger, renamed):
    event, created, _ = renamed
    assert asked(api(stranger), event, created).status_code == 404
    assert listed(api(stranger), created) == []

    shared(event, {stranger: "viewer", editor: "viewer"})
    for client in (api(stranger), api(editor)):
        (row,) = listed(client, created)
        assert (row["title"], row["role"]) == ("Planning", "viewer")
        assert asked(client, event, created).json()["capabilities"] == ["read", "leave"]

    revoke(event.pk, stranger.pk, by=owner)
    assert asked(api(stranger), event, created).status_code == 404
    assert listed(api(stranger), created) == []


def test_a_row_is_the_event_with_its_tag(api, owner, renamed):
    event, created, changed = renamed
    client = api(owner)
    for at in (created, changed):
        (row,) = listed(client, at)
        response = asked(client, event, at)
        tag = row.pop("etag")
        assert row == response.json()
        assert response["ETag"].startswith(tag.rstrip('"'))


def test_a_tag_is_that_of_the_state(api, owner, renamed):
    event, created, changed = renamed
    client = api(owner)
    url = f"{LIST}/{event.pk}"
    old, new = (asked(client, event, at)["ETag"] for at in (created, changed))
    assert old != new == client.get(url)["ETag"]

    as_of = f"{url}?{urlencode({'as_of': written(created)})}"
    unchanged = client.get(as_of, headers={"If-None-Match": old})
    assert (unchanged.status_code, unchanged["ETag"]) == (304, old)
    assert client.get(as_of, headers={"If-None-Match": new}).status_code == 200
    refused = client.patch(url, {"title": "New"}, headers={"If-Match": old})
    assert refused.status_code == 412


def test_a_version_of_a_deleted_account_is_nobodys(api, owner, event):
    gone = UserFactory()
    shared(event, {gone: "editor"})
    changed = edit(event.pk, by=gone, content={"title": "Review"}).updated_at
    revoke(event.pk, gone.pk, by=owner)
    gone.delete()
    client = api(owner)
    assert asked(client, event, changed).json()["updated_by"] is None
    assert listed(client, changed)[0]["updated_by"] is None
    assert asked(client, event, changed)["ETag"] == client.get(f"{LIST}/{event.pk}")["ETag"]


def test_versions_of_one_change_set_are_told_apart(api, owner, event):
    client = api(owner)
    titles = ["Review", "Retro", "Planning"]
    send(client, *(patch(event, title=title) for title in titles))
    versions = HistoricalEvent.objects.of_event(event.pk).filter(version__gt=1).order_by("version")
    assert len({version.change_set for version in versions}) == 1
    instants = [event.created_at, *(version.history_date for version in versions)]
    later = instants[-1] + timedelta(days=1)
    told = list(enumerate(["Planning", *titles], 1))
    for at, until, expected in zip(instants, [*instants[1:], later], told, strict=True):
        for instant in (at, until - TICK):
            (row,) = listed(client, instant)
            assert (row["version"], row["title"]) == expected
            one = asked(client, event, instant).json()
            assert (one["version"], one["title"]) == expected


def test_fields_are_those_asked_for(api, owner, renamed):
    event, created, _ = renamed
    client = api(owner)
    assert asked(client, event, created, fields="title,version").json() == {
        "title": "Planning",
        "version": 1,
    }
    assert listed(client, created, fields="title") == [{"title": "Planning"}]


def test_filters_are_about_what_was(api, owner, renamed):
    _, created, changed = renamed
    client = api(owner)
    for params in ({"search": "planning"}, {"updated_since": written(created)}):
        assert len(listed(client, created, **params)) == 1
    for params in ({"search": "review"}, {"tag": "b"}, {"updated_since": written(changed)}):
        assert listed(client, created, **params) == []
        assert len(listed(client, changed, **params)) == 1


def test_without_an_offset_it_is_read_in_the_callers_zone(api, event, owner):
    owner.timezone = "Asia/Kolkata"
    owner.save()
    client = api(owner)
    local = (event.created_at + timedelta(hours=5, minutes=30)).replace(tzinfo=None)
    for at, found in ((local, 1), (local - TICK, 0)):
        query = urlencode({"as_of": at.isoformat()})
        assert len(client.get(f"{LIST}?{query}").json()["results"]) == found
        assert client.get(f"{LIST}/{event.pk}?{query}").status_code == (200 if found else 404)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("yesterday", "invalid"),
        ("2026-02-30", "invalid"),
        ("1772442000", "invalid"),
        ("0001-01-01", "out_of_range"),
        ("9999-12-31", "out_of_range"),
        ("%00", "null_characters_not_allowed"),
    ],
)
def test_nonsense_is_refused_by_name(api, owner, stranger, event, text, code):
    for url in (LIST, f"{LIST}/{event.pk}"):
        assert errors_in(api(owner).get(f"{url}?as_of={text}")) == {"as_of": {code}}
    assert api(stranger).get(f"{LIST}/{event.pk}?as_of={text}").status_code == 404


def test_nothing_asks_for_today(api, owner, event):
    client = api(owner)
    assert client.get(f"{LIST}/{event.pk}?as_of=").json()["version"] == 1
    assert len(client.get(f"{LIST}?as_of=").json()["results"]) == 1


def test_the_trash_has_no_past(api, owner, event):
    client = api(owner)
    url = f"{LIST}?as_of=2026-03-02T09:00:00Z&deleted"
    assert errors_in(client.get(f"{url}=true")) == {"as_of": {"invalid"}}
    assert client.get(f"{url}=false").status_code == 200


def test_only_reads_of_events_know_it(api, owner, event):
    client, url = api(owner), f"{LIST}/{event.pk}"
    query = "as_of=2026-03-02T09:00:00Z"
    for response in (
        client.patch(f"{url}?{query}", {}),
        client.get(f"{url}/history?{query}"),
        client.get(f"{url}/permissions?{query}"),
    ):
        assert errors_in(response) == {"as_of": {"unknown_parameter"}}


@pytest.mark.parametrize("size", [2, 30])
def test_the_past_costs_as_many_statements_as_today(api, owner, event, size):
    events = [EventFactory(by=owner, start_time="2026-03-02T08:00Z") for _ in range(size)]
    for number in range(size):
        last = edit(event.pk, by=owner, content={"title": f"Version {number}"})
    for moved in events[::2]:
        edit(moved.pk, by=owner, content={"end_time": datetime(2026, 4, 1, tzinfo=UTC)})
    client = api(owner)
    # session and user; the event with role, owner, version and its author
    with queries(2):
        asked(client, event, last.updated_at)
    for ordering in ("start_time", "-updated_at"):
        # session and user; both parts of the page
        with queries(2):
            rows = listed(client, last.updated_at, ordering=ordering, page_size=100)
        assert len(rows) == size + 1
