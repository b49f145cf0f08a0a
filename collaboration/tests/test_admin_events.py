"""The staff's door: what is written there makes versions like everywhere else."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from rest_framework.exceptions import NotFound

from accounts.tests.factories import UserFactory
from events.models import Event, HistoricalEvent
from events.services import writing
from events.tests.factories import EventFactory

FORM = {
    "title": "Planning",
    "start_time_0": "2026-03-02",
    "start_time_1": "09:00:00",
    "end_time_0": "2026-03-02",
    "end_time_1": "10:00:00",
    "timezone": "Europe/Berlin",
    "status": "confirmed",
    "transparency": "opaque",
    "tags": "team\r\nplanning, 2026",
    "metadata": "{}",
    "exceptions": "{}",
    "note": "by hand",
}


@pytest.fixture
def staff(db):
    return UserFactory(username="staff", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, staff):
    client.force_login(staff)
    return client


def versions(event_id) -> list[tuple]:
    rows = HistoricalEvent.objects.of_event(event_id).order_by("version").with_author()
    return list(rows.values_list("version", "action", "by_username", "history_change_reason"))


def test_an_added_event_is_owned_by_the_staff_member(admin, staff):
    answer = admin.post(reverse("admin:events_event_add"), FORM)
    assert answer.status_code == 302, answer.context["errors"]
    event = Event.objects.visible_to(staff).as_seen_by_caller().get()
    assert (event.title, event.tags, event.role) == (
        "Planning",
        ["team", "planning, 2026"],
        "owner",
    )
    assert versions(event.pk) == [(1, "created", "staff", "by hand")]


def test_a_change_makes_a_version_in_the_name_of_the_staff_member(admin, event):
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), FORM)
    assert answer.status_code == 302, answer.context["errors"]
    assert versions(event.pk)[1:] == [(2, "updated", "staff", "by hand")]


def test_the_rules_of_the_api_are_the_rules_of_the_form(admin, event):
    form = {**FORM, "all_day": "on", "tags": "one\none"}
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), form)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"start_time", "end_time", "tags"}
    assert len(versions(event.pk)) == 1


@pytest.mark.parametrize("path", ["admin:events_event_changelist", "admin:events_event_add"])
def test_pages_open(admin, event, path):
    assert admin.get(reverse(path)).status_code == 200


def test_what_is_in_the_trash_is_not_edited(admin, event, owner):
    writing.delete_event(event.pk, by=owner)
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), FORM)
    assert answer.status_code == 403


def test_what_nobody_touched_is_no_change(admin, owner):
    event = EventFactory(by=owner, description="one\ntwo\n", start_time="2026-03-02T09:00:00.5Z")
    form = {**FORM, "title": "Planning", "timezone": event.timezone, "tags": "", "note": ""}
    form["description"] = "one\r\ntwo\r\n"  # as browsers send it
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert len(versions(event.pk)) == 1


def test_a_new_zone_keeps_the_dates_of_an_all_day_event(admin, owner):
    event = EventFactory(by=owner, all_day=True, start_time="2026-03-02", end_time="2026-03-03")
    form = {**FORM, "all_day": "on", "start_time_1": "00:00:00", "end_time_1": "00:00:00"}
    form["end_time_0"] = "2026-03-03"
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), form)
    assert answer.status_code == 302, answer.context["errors"]
    event.refresh_from_db()
    assert event.start_time == datetime(2026, 3, 1, 23, tzinfo=UTC)


def test_an_event_that_went_into_the_trash_meanwhile_is_not_saved(admin, event, owner, monkeypatch):
    def too_late(*args, **kwargs):
        raise NotFound

    monkeypatch.setattr(writing, "update_event", too_late)
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), FORM, follow=True)
    assert answer.status_code == 200
    assert "Not saved" in answer.content.decode()
    assert len(versions(event.pk)) == 1


BAD = {
    "timezone": "Mars/Olympus",
    "metadata": '{"a": NaN}',
    "exceptions": "[]",
    "title": " ",
}


@pytest.mark.parametrize("field", BAD)
def test_what_must_not_be_is_an_error_in_the_form(admin, event, field):
    form = {**FORM, field: BAD[field]}
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), form)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {field}
    assert len(versions(event.pk)) == 1


def test_staff_without_the_permission_stay_outside(client, event):
    client.force_login(UserFactory(username="helper", is_staff=True))
    answer = client.get(reverse("admin:events_event_change", args=[event.pk]))
    assert answer.status_code == 403
