"""The history of an event for staff: read, compared, and gone back to."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from collaboration.admin import timeline
from collaboration.services import sharing
from events.models import Event, HistoricalEvent
from events.services import writing
from events.tests.factories import EventFactory, edit
from neofi.tests.queries import queries


@pytest.fixture
def staff(db):
    return UserFactory(username="staff", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, staff):
    client.force_login(staff)
    return client


def url(name: str, event, *more) -> str:
    return reverse(f"admin:events_event_{name}", args=[event.pk, *more])


def page(admin, address: str) -> str:
    answer = admin.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def actions(admin, address: str) -> list[tuple]:
    rows = admin.get(address).context["rows"]
    return [(row["label"], row["version"]) for row in rows]


def test_versions_and_changes_of_access_are_one_line_of_time(admin, owner, viewer, event):
    edit(event.pk, by=owner, content={"title": "Review"}, note="a better name")
    sharing.transfer(event.pk, viewer, by=owner, note="moving on")
    writing.delete_event(event.pk, by=viewer)
    assert actions(admin, url("history", event)) == [
        ("Deleted", 3),
        ("Transferred", None),
        ("Updated", 2),
        ("Shared", None),
        ("Shared", None),
        ("Created", 1),
    ]
    shown = page(admin, url("history", event))
    assert "a better name" in shown
    assert "viewer: viewer → owner" in shown
    assert "in the trash since" in shown


def test_a_history_is_cut_into_pages(admin, owner, event, monkeypatch):
    monkeypatch.setattr(timeline, "PER_PAGE", 2)
    for number in range(2, 6):
        edit(event.pk, by=owner, content={"title": f"Title {number}"})
    address, seen = url("history", event), []
    while address:
        answer = admin.get(address)
        seen += [row["version"] for row in answer.context["rows"]]
        last, older = answer, answer.context["older"]
        address = older and f"{url('history', event)}?before={older.replace('+', '%2B')}"
    assert seen == [5, 4, 3, 2, None, None, 1]
    newer = last.context["newer"].replace("+", "%2B")
    back = admin.get(f"{url('history', event)}?after={newer}")
    assert [row["version"] for row in back.context["rows"]] == [None, None]
    assert back.context["older"]
    assert back.context["newer"]


def test_a_page_of_history_takes_as_many_queries_however_long(admin, owner, event):
    address = url("history", event)
    # The session, its user, the event, and its rows.
    with queries(4):
        admin.get(address)
    for number in range(60):
        edit(event.pk, by=owner, content={"title": f"Title {number}"})
    with queries(4):
        admin.get(address)


@pytest.mark.parametrize("query", ["before=x", "after=%00", "before=2026-01-01", "before="])
def test_what_is_no_place_in_history_is_its_beginning(admin, event, query):
    assert "Created, version 1" in page(admin, f"{url('history', event)}?{query}")


def test_any_two_versions_are_compared_word_by_word(admin, owner):
    event = EventFactory(by=owner, title="One & all", description="Bring <b>the</b> slides.")
    edit(event.pk, by=owner, content={"title": "One and all"})
    edit(event.pk, by=owner, content={"description": "Bring <b>your</b> slides."})
    shown = page(admin, f"{url('compare', event)}?from=1&to=3")
    assert "Bring &lt;b&gt;<del>the</del>&lt;/b&gt; slides." in shown
    assert "Bring &lt;b&gt;<ins>your</ins>&lt;/b&gt; slides." in shown
    assert "<del>&amp;</del>" in shown
    assert "Transparency" not in shown
    assert "Transparency" in page(admin, f"{url('compare', event)}?from=3&to=1&all=1")
    assert "<del>your</del>" in page(admin, f"{url('compare', event)}?from=3&to=1")


def test_times_are_compared_in_the_zone_of_each_version(admin, owner):
    event = EventFactory(by=owner, timezone="Europe/Berlin")
    edit(event.pk, by=owner, content={"timezone": "UTC", "metadata": {"a": 1}, "tags": ["x, y"]})
    shown = page(admin, f"{url('compare', event)}?from=1&to=2&all=1")
    assert "2026-03-02 10:00:00 (CET, 09:00 UTC)" in shown
    assert "2026-03-02 09:00:00 (UTC, 09:00 UTC)" in shown


def test_equal_versions_say_so(admin, event):
    assert "the same content" in page(admin, f"{url('compare', event)}?from=1&to=1")


@pytest.mark.parametrize(
    "query", ["", "from=1", "from=1&to=9", "from=1&to=x", "from=1&to=%00", "from=1&to=99999999999"]
)
def test_two_versions_must_be_picked(admin, event, query):
    answer = admin.get(f"{url('compare', event)}?{query}", follow=True)
    assert "Pick two versions" in answer.content.decode()


def test_a_comparison_takes_as_many_queries_however_long_the_history(admin, owner, event):
    edit(event.pk, by=owner, content={"title": "Title"})
    address = f"{url('compare', event)}?from=1&to=2"
    # The session, its user, the event, and the two versions.
    with queries(4):
        admin.get(address)
    for number in range(20):
        edit(event.pk, by=owner, content={"title": f"Title {number}"})
    with queries(4):
        admin.get(address)


def test_what_a_rollback_would_change_is_shown_first(admin, staff, owner, event):
    edit(event.pk, by=owner, content={"title": "Review"})
    address = url("roll_back", event, 1)
    assert "<ins>Planning</ins>" in page(admin, address)
    assert Event.objects.get(pk=event.pk).version == 2

    answer = admin.post(address, {"seen": "2", "note": "as it was"}, follow=True)
    assert "version 1 again, as version 3" in answer.content.decode()
    row = HistoricalEvent.objects.of_event(event.pk).get(version=3)
    assert (row.action, row.source_version, row.history_user_id) == ("rolled_back", 1, staff.pk)
    assert (row.title, row.history_change_reason) == ("Planning", "as it was")


def test_what_has_changed_since_is_looked_at_again(admin, owner, event):
    edit(event.pk, by=owner, content={"title": "Review"})
    edit(event.pk, by=owner, content={"title": "Retro"})
    answer = admin.post(url("roll_back", event, 1), {"seen": "2", "note": ""})
    assert "look again" in answer.content.decode()
    assert Event.objects.get(pk=event.pk).version == 3


def test_a_rollback_to_what_is_there_makes_no_version(admin, event):
    address = url("roll_back", event, 1)
    assert "nothing to roll back" in page(admin, address)
    answer = admin.post(address, {"seen": "1", "note": ""}, follow=True)
    assert "nothing was changed" in answer.content.decode()
    assert Event.objects.get(pk=event.pk).version == 1


def test_what_is_in_the_trash_is_not_rolled_back(admin, owner, event):
    edit(event.pk, by=owner, content={"title": "Review"})
    writing.delete_event(event.pk, by=owner)
    address = url("roll_back", event, 1)
    assert "Restore it first" in page(admin, address)
    answer = admin.post(address, {"seen": "3", "note": ""}, follow=True)
    assert "Not rolled back: It is in the trash" in answer.content.decode()
    assert "Roll back to this version" not in page(admin, url("history", event))


@pytest.mark.parametrize("version", [0, 9, 99999999999999999999])
def test_there_is_no_way_back_to_what_never_was(admin, event, version):
    assert admin.get(url("roll_back", event, version)).status_code == 404


def test_the_pages_of_an_event_that_never_was(admin):
    for path in ("history", "compare", "people", "roll-back/1", "cancel", "restore"):
        for event_id in ("00000000-0000-0000-0000-000000000000", "x", "%00"):
            answer = admin.get(f"/admin/events/event/{event_id}/{path}/")
            assert answer.status_code in (302, 404), (path, event_id)
