"""The list of versions, and one version whole."""

import pytest

from events.services import versions
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit
from neofi.tests.paging import pages, rows, rows_backwards


@pytest.fixture
def url(event):
    return f"/api/events/{event.pk}/history"


@pytest.fixture
def edited(owner, editor, event):
    """Versions 1 to 5: created, updated, rolled back, deleted, restored."""
    edit(event.pk, by=editor, content={"title": "Review", "tags": ["q"]}, note="better")
    versions.roll_back(event.pk, 1, by=editor, note="worse")
    delete_event(event.pk, by=owner)
    restore_event(event.pk, by=owner)
    return event


def test_versions_come_newest_first(api, viewer, edited, url):
    found = rows(api(viewer), url)
    assert [(row["version"], row["action"]) for row in found] == [
        (5, "restored"),
        (4, "deleted"),
        (3, "rolled_back"),
        (2, "updated"),
        (1, "created"),
    ]


def test_a_row_says_when_who_why_and_from_where(api, viewer, editor, edited, url):
    row = rows(api(viewer), url)[2]
    at, change_set = row.pop("at"), row.pop("change_set")
    assert row == {
        "version": 3,
        "action": "rolled_back",
        "by": {"id": str(editor.pk), "username": "editor"},
        "note": "worse",
        "source_version": 1,
        "merged_from": None,
    }
    assert at.endswith("Z")
    assert len(change_set) == 36


def test_instants_grow_strictly(api, viewer, edited, url):
    instants = [row["at"] for row in rows(api(viewer), url)]
    assert instants == sorted(set(instants), reverse=True)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_of_any_size_are_the_whole(api, viewer, edited, url, size):
    client = api(viewer)
    whole = rows(client, url)
    assert len(whole) == 5
    assert rows(client, f"{url}?page_size={size}") == whole
    assert rows_backwards(client, f"{url}?page_size={size}") == whole


def test_a_version_made_between_two_pages_moves_nothing(api, editor, edited, url):
    client = api(editor)
    first = client.get(f"{url}?page_size=2").json()
    edit(edited.pk, by=editor, content={"title": "Later"})
    rest = [row["version"] for page in pages(client, first["next"]) for row in page["results"]]
    assert rest == [3, 2, 1]


def test_the_history_of_another_event_is_another(api, owner, edited):
    other = EventFactory(by=owner)
    assert len(rows(api(owner), f"/api/events/{other.pk}/history")) == 1


def test_every_version_is_read_back_as_it_was(api, editor, event, url):
    client, address = api(editor), f"/api/events/{event.pk}"
    changes = [
        {"title": "Review", "description": "a\nb"},
        {"metadata": {"n": 1e29, "deep": {"k": [None]}}},
        {"all_day": True, "start_time": "2026-03-29", "end_time": "2026-03-30"},
        {"timezone": "Europe/Berlin"},
        {"status": "cancelled", "transparency": "transparent", "tags": ["a"], "location": "Hut"},
    ]
    states = [client.get(address).json()]
    states += [client.patch(address, change).json() for change in changes]

    for state in states:
        version = client.get(f"{url}/{state['version']}").json()
        content = version["event"]
        assert content == {name: state[name] for name in content}
        assert version["at"] == state["updated_at"]
        assert version["by"] == state["updated_by"]


def test_a_version_says_what_its_row_says(api, viewer, edited, url):
    client = api(viewer)
    for row in rows(client, url):
        version = client.get(f"{url}/{row['version']}").json()
        assert {name: version[name] for name in row} == row
        assert version.keys() - row.keys() == {"hash", "event"}


@pytest.mark.parametrize("version", ["0", "6", "-1", "1.0", "x", "01x", "٣", str(2**31), "9" * 40])
def test_a_version_that_never_was_is_404(api, viewer, edited, url, version):
    assert api(viewer).get(f"{url}/{version}").status_code == 404
