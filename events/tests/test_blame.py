from events import content
from events.models import HistoricalEvent
from events.services import versions
from events.services.writing import delete_event, restore_event
from events.tests.factories import edit

EDITS = [
    ("editor", {"title": "A"}),
    ("owner", {"title": "B", "tags": ["x"]}),
    ("editor", {"metadata": {"k": 1}}),
    ("owner", {"metadata": {"k": 1.0}}),
    ("editor", {"tags": []}),
    ("owner", {"description": "text", "location": "Hut"}),
    ("editor", {"title": "B", "location": ""}),
    ("owner", {"start_time": "2026-03-02T08:00:00Z"}),
    ("owner", {"all_day": True, "start_time": "2026-03-02", "end_time": "2026-03-03"}),
    ("editor", {"timezone": "Europe/Berlin"}),
]


def naive_blame(event) -> dict[str, int]:
    """For each field, the last version whose value is another than the one before."""
    last, before = {}, None
    for row in HistoricalEvent.objects.of_event(event.pk).order_by("version"):
        now = content.of(row)
        changed = content.differing(before, now) if before else content.FIELDS
        last |= dict.fromkeys(changed, row.version)
        before = now
    return last


def blamed(client, url: str) -> dict[str, dict]:
    response = client.get(f"{url}/blame")
    assert response.status_code == 200
    return response.json()


def test_a_new_event_is_all_its_creators(api, viewer, owner, event, url):
    blame = blamed(api(viewer), url)
    assert tuple(blame) == content.FIELDS
    assert {row["version"] for row in blame.values()} == {1}
    assert blame["title"]["by"] == {"id": str(owner.pk), "username": "owner"}


def test_blame_is_what_reading_every_version_gives(api, request, event, url, owner):
    client = api(owner)
    for who, change in EDITS:
        sent = api(request.getfixturevalue(who)).patch(url, change)
        assert sent.status_code == 200, sent.content
        blame = blamed(client, url)
        assert {name: row["version"] for name, row in blame.items()} == naive_blame(event)
    versions.roll_back(event.pk, 3, by=owner)
    delete_event(event.pk, by=owner)
    restore_event(event.pk, by=owner)

    blame = blamed(client, url)
    assert {name: row["version"] for name, row in blame.items()} == naive_blame(event)
    history = {row["version"]: row for row in client.get(f"{url}/history").json()["results"]}
    for row in blame.values():
        assert row == {name: history[row["version"]][name] for name in ("version", "at", "by")}


def test_trash_and_back_changes_no_field(api, owner, event, url):
    before = blamed(api(owner), url)
    delete_event(event.pk, by=owner)
    restore_event(event.pk, by=owner)
    assert blamed(api(owner), url) == before


def test_a_rollback_is_to_blame_for_what_it_changed(api, owner, editor, event, url):
    edit(event.pk, by=editor, content={"title": "A", "location": "Hut"})
    edit(event.pk, by=editor, content={"title": "Planning"})
    versions.roll_back(event.pk, 1, by=owner)
    blame = blamed(api(owner), url)
    assert (blame["title"]["version"], blame["location"]["version"]) == (3, 4)
