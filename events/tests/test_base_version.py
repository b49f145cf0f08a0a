"""A PUT or PATCH that says which version it started from keeps what others have changed since."""

from functools import partial

import ormsgpack
import pytest

from accounts.tests.threads import at_once
from events import content
from events.models import Event
from events.services.versions import roll_back, undo_version
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, body, edit
from events.tests.merges import LATER, START, changed, conflicts_in, newest
from neofi.tests.queries import queries

pytestmark = pytest.mark.usefixtures("second_version")


@pytest.mark.parametrize("method", ["patch", "put"])
def test_the_present_version_as_base_makes_it_an_ordinary_write(api, editor, event, url, method):
    client = api(editor)
    sent = {**client.get(url).json(), "location": "Hut", "base_version": 2}
    after = changed(getattr(client, method)(url, sent))
    assert (after["version"], after["location"]) == (3, "Hut")
    assert "merged_from" not in after
    assert newest(event).merged_from is None


@pytest.mark.parametrize(
    ("theirs", "mine", "expected"),
    [
        ({"title": "Theirs"}, {"location": "Hut"}, {"title": "Theirs", "location": "Hut"}),
        ({"title": "Same"}, {"title": "Same"}, {"title": "Same"}),
        (
            {"description": "ONE\ntwo\nthree\nfour"},
            {"description": "one\ntwo\nthree\nFOUR"},
            {"description": "ONE\ntwo\nthree\nFOUR"},
        ),
        ({"tags": ["b", "c"]}, {"tags": ["d", "a", "b"]}, {"tags": ["b", "c", "d"]}),
        (
            {"metadata": {"k": 1, "n": {"deep": False}}},
            {"metadata": {"n": {"deep": True}, "new": None}},
            {"metadata": {"n": {"deep": False}, "new": None}},
        ),
        (LATER, {"status": "tentative"}, {"start_time": "2026-03-02T12:00:00Z"}),
        ({"transparency": "transparent"}, LATER, {"end_time": "2026-03-02T13:00:00Z"}),
    ],
)
def test_what_goes_together_is_merged(api, editor, owner, event, url, theirs, mine, expected):
    edit(event.pk, by=owner, content=theirs)
    response = api(editor).patch(url, {**mine, "base_version": 2})
    after = changed(response)
    assert {name: after[name] for name in expected} == expected
    assert after["merged_from"] == 2
    if "X-Change-Set" in response:
        assert newest(event).merged_from == 2


def test_a_put_of_the_whole_body_keeps_what_others_have_changed(api, editor, owner, event, url):
    client = api(editor)
    read = client.get(url).json()
    edit(event.pk, by=owner, content={"title": "Theirs", "tags": ["a", "b", "c"], **LATER})
    response = client.put(url, {**read, "location": "Hut", "base_version": read["version"]})
    after = changed(response)
    assert (after["title"], after["location"]) == ("Theirs", "Hut")
    assert (after["tags"], after["start_time"]) == (["a", "b", "c"], "2026-03-02T12:00:00Z")
    assert response["ETag"] == client.get(url)["ETag"]
    assert client.get(url).json() == {n: v for n, v in after.items() if n != "merged_from"}


def test_what_a_put_leaves_out_is_a_change_to_the_default(api, editor, owner, event, url):
    edit(event.pk, by=owner, content={"location": "Hut", "timezone": "Asia/Tokyo"})
    conflicts = conflicts_in(api(editor).put(url, body(base_version=2)))
    assert conflicts == {"location": ("Hall", "Hut", "")}
    after = changed(api(editor).put(f"{url}?resolve=mine", body(base_version=2)))
    names = ("location", "description", "tags", "metadata", "timezone")
    assert [after[name] for name in names] == ["", "", [], {}, "Asia/Tokyo"]


def test_a_base_far_behind_is_merged_over_all_that_came_between(api, editor, owner, event, url):
    edit(event.pk, by=owner, content={"title": "A"})  # 3
    roll_back(event.pk, 1, by=owner)  # 4: takes back START too
    undo_version(event.pk, 4, by=owner)  # 5
    delete_event(event.pk, by=owner)  # 6
    restore_event(event.pk, by=owner)  # 7
    for base, version in ((2, 8), (6, 9), (7, 10), (1, 11)):
        sent = {"metadata": {"by": base}, "base_version": base}
        after = changed(api(editor).patch(f"{url}?resolve=mine", sent))
        assert (after["title"], after["version"], after["merged_from"]) == ("A", version, base)
        assert after["metadata"]["by"] == base


def test_a_merge_that_comes_out_as_the_present_makes_no_version(api, editor, owner, event, url):
    client = api(editor)
    edit(event.pk, by=owner, content={"title": "A", "tags": ["b"]})
    for sent in ({}, {"title": "A"}, {"tags": ["b"]}, {"title": "Planning"}):
        response = client.patch(url, {**sent, "base_version": 2})
        after = changed(response)
        assert (after["version"], after["merged_from"]) == (3, 2)
        assert "X-Change-Set" not in response
        assert response["ETag"] == client.get(url)["ETag"]
    assert newest(event).version == 3


def test_history_and_changelog_say_what_was_merged(api, editor, owner, event, url):
    edit(event.pk, by=owner, content={"title": "Theirs"})
    response = api(editor).patch(url, {"location": "Hut", "base_version": 2, "note": "both"})
    for path in ("history", "changelog"):
        row = api(editor).get(f"{url}/{path}").json()["results"][0]
        assert (row["action"], row["merged_from"], row["note"]) == ("updated", 2, "both")
        assert row["change_set"] == response["X-Change-Set"]
    assert row["changes"] == [{"field": "location", "from": "Hall", "to": "Hut"}]
    assert api(editor).get(f"{url}/history/4").json()["merged_from"] == 2
    blame = api(editor).get(f"{url}/blame").json()
    assert (blame["title"]["version"], blame["location"]["version"]) == (3, 4)


def test_a_merge_in_messagepack(api, editor, owner, event, url):
    edit(event.pk, by=owner, content={"title": "Theirs"})
    form = "application/msgpack"
    for value, status in ((2**64 - 1, 400), (2.0, 400), (2, 200)):
        sent = ormsgpack.packb({"location": "Hut", "base_version": value})
        response = api(editor).generic("PATCH", url, sent, form, headers={"Accept": form})
        assert response.status_code == status
    after = ormsgpack.unpackb(response.content)
    assert (after["title"], after["location"], after["merged_from"]) == ("Theirs", "Hut", 2)


@pytest.mark.parametrize("method", ["patch", "put"])
def test_an_all_day_event_keeps_its_dates_in_the_zone_it_was_moved_to(api, owner, method):
    days = {"start_time": "2026-03-02", "end_time": "2026-03-03"}
    event = EventFactory(by=owner, all_day=True, timezone="Europe/Berlin", **days)
    client, url = api(owner), f"/api/events/{event.pk}"
    read = client.get(url).json()
    edit(event.pk, by=owner, content={"timezone": "Asia/Tokyo"})
    sent = read if method == "put" else {}
    after = changed(getattr(client, method)(url, {**sent, "location": "Hut", "base_version": 1}))
    assert (after["start_time"], after["timezone"]) == ("2026-03-01T15:00:00Z", "Asia/Tokyo")
    other = {**sent, "timezone": "America/New_York", "base_version": 1}
    clash = conflicts_in(getattr(client, method)(url, other))
    assert list(clash) == ["start_time", "end_time", "timezone"]
    assert clash["start_time"][2] == "2026-03-02T05:00:00Z"


@pytest.mark.parametrize(
    "number", [b"1e15", b"1e16", b"1e17", b"1e19", b"1e29", b"-0.0", b"1e-9", b"1.50", b"1.0"]
)
def test_a_number_reads_the_same_in_a_version_as_in_the_event(api, editor, owner, url, number):
    client = api(editor)
    data = b'{"metadata": {"a": [' + number + b"]}}"
    changed(client.patch(url, data, content_type="application/json"))
    read = client.get(url).json()
    changed(api(owner).patch(url, {"title": "Theirs"}))
    after = changed(client.put(url, {**read, "metadata": {"b": 1}, "base_version": 3}))
    assert (after["metadata"], after["title"]) == ({"b": 1}, "Theirs")


@pytest.mark.parametrize("versions", [1, 20])
def test_a_merge_costs_one_query_more_than_a_patch(api, owner, event, url, versions):
    for number in range(versions):
        edit(event.pk, by=owner, content={"title": str(number)})
    client = api(owner)
    with queries(5):  # a patch's four; the version to merge from
        changed(client.patch(url, {"location": "Hut", "base_version": 2}))
    with queries(4):
        changed(client.patch(url, {"location": "Hall", "base_version": versions + 3}))


@pytest.mark.django_db(transaction=True)
def test_many_who_started_from_one_version_all_get_their_change_in(api, editor, event, url):
    client = api(editor)
    sent = [{"metadata": {**START["metadata"], f"key {n}": n}, "base_version": 2} for n in range(6)]
    answers = at_once(*(partial(client.patch, url, one) for one in sent))
    assert [changed(answer)["metadata"][f"key {n}"] for n, answer in enumerate(answers)] == [
        *range(6)
    ]
    now = Event.objects.get(pk=event.pk)
    assert (now.version, len(now.metadata)) == (8, 8)
    assert content.of(now) == newest(event).content
