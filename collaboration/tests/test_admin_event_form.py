"""The form of an event for staff, and who has access to it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.admin.event_form import LinesField
from events.models import Event, Grant, HistoricalGrant
from events.services import writing
from events.tests.factories import EventFactory, edit, shared
from neofi.tests.queries import queries


@pytest.fixture
def staff(db):
    return UserFactory(username="staff", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, staff):
    client.force_login(staff)
    return client


def url(name: str, event) -> str:
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def as_shown(admin, event) -> dict:
    """What a browser would post if nobody touched anything."""
    form = admin.get(url("change", event)).context["adminform"].form
    posted = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, bool):
            posted |= {bound.name: "on"} if value else {}
        elif hasattr(bound.field.widget, "widgets"):
            for n, part in enumerate(bound.field.widget.decompress(value)):
                posted[f"{bound.name}_{n}"] = part.replace(microsecond=0).isoformat() if n else part
        else:
            posted[bound.name] = "" if value is None else str(value).replace("\n", "\r\n")
    return posted


def save(admin, event, posted: dict) -> Event:
    answer = admin.post(url("change", event), posted)
    assert answer.status_code == 302, answer.context["errors"]
    return Event.objects.get(pk=event.pk)


ODD = {
    "title": "spaced <b> out",
    "description": "one\n\n two\n",
    "timezone": "America/New_York",
    "start_time": "2026-11-01T06:30:00.123456Z",  # the second 01:30 of that night
    "end_time": "2026-11-01T07:30:00.5Z",
    "tags": ["a, b", '"quoted"', "two\nlines", " spaced"],
    "metadata": {"a": [1, None, "ü"], "b": 1.0},
}


def test_what_nobody_touched_is_no_change(admin, owner):
    event = EventFactory(by=owner, **ODD)
    assert save(admin, event, as_shown(admin, event)).version == 1


def test_one_field_alone_changes(admin, owner):
    event = EventFactory(by=owner, **ODD)
    saved = save(admin, event, as_shown(admin, event) | {"location": "Room 1", "note": "found one"})
    assert (saved.version, saved.location) == (2, "Room 1")
    for name in ("title", "start_time", "end_time", "tags", "metadata", "description"):
        assert getattr(saved, name) == getattr(event, name)


def test_times_are_those_on_the_wall_of_the_events_zone(admin, owner):
    event = EventFactory(by=owner, timezone="Europe/Berlin")
    posted = as_shown(admin, event)
    assert str(posted["start_time_1"]) == "10:00:00"
    saved = save(admin, event, posted | {"end_time_1": "12:15:00"})
    assert f"{saved.start_time:%H:%M} {saved.end_time:%H:%M}" == "09:00 11:15"


def test_a_new_zone_alone_keeps_the_instants(admin, event):
    saved = save(admin, event, as_shown(admin, event) | {"timezone": "Asia/Tokyo"})
    assert (saved.timezone, saved.start_time) == ("Asia/Tokyo", event.start_time)


def test_what_others_changed_meanwhile_stays(admin, owner, event):
    posted = as_shown(admin, event) | {"location": "Room 1"}
    edit(event.pk, by=owner, content={"title": "Review"})
    saved = save(admin, event, posted)
    assert (saved.title, saved.location, saved.version) == ("Review", "Room 1", 3)


def test_the_same_field_changed_twice_is_told_and_not_saved(admin, owner, event):
    posted = as_shown(admin, event) | {"title": "Mine"}
    edit(event.pk, by=owner, content={"title": "Theirs"})
    answer = admin.post(url("change", event), posted, follow=True)
    assert "Not saved: The event has changed since, in the same places." in answer.content.decode()
    assert Event.objects.get(pk=event.pk).title == "Theirs"


@pytest.mark.parametrize("base", ["x", "0", "-1", "9999999999999", "7"])
def test_a_version_that_never_was_is_no_error(admin, event, base):
    answer = admin.post(url("change", event), as_shown(admin, event) | {"base_version": base})
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("name", ["title", "tags", "timezone", "note", "metadata", "start_time_0"])
def test_nul_is_refused_by_the_form(admin, event, name):
    answer = admin.post(url("change", event), as_shown(admin, event) | {name: "a\0b"})
    assert answer.status_code == 200
    assert Event.objects.get(pk=event.pk).version == 1


@pytest.mark.parametrize(
    "texts", [[], ["a"], ["a, b", "c"], ['"a"'], ["a\nb"], [" a "], ["[1]"], ['"'], ["\t"]]
)
def test_texts_come_back_from_lines_as_they_were(texts):
    field = LinesField(required=False)
    shown = field.prepare_value(texts).replace("\n", "\r\n")
    assert field.clean(shown) == texts
    assert not field.has_changed(texts, shown)


def test_what_is_in_the_trash_is_read(admin, owner, viewer, event):
    writing.delete_event(event.pk, by=owner)
    shown = admin.get(url("change", event)).content.decode()
    assert "Planning" in shown
    assert "2026-03-02 09:00 UTC" in shown
    assert "viewer" in shown
    assert 'name="title"' not in shown
    assert "viewer" in admin.get(url("people", event)).content.decode()


def test_a_form_takes_as_many_queries_for_few_people_as_for_many(admin, event):
    # The session, its user, the event, whether it is in the trash, and its people.
    with queries(5):
        admin.get(url("change", event))
    shared(event, {UserFactory(): "viewer" for _ in range(20)})
    with queries(5):
        admin.get(url("change", event))


# Access


def post(admin, event, **posted):
    return admin.post(url("people", event), posted, follow=True)


def role_of(event, user) -> str | None:
    return Grant.objects.filter(event=event, user=user).values_list("role", flat=True).first()


def newest(event) -> tuple:
    row = HistoricalGrant.objects.filter(event=event).order_by("-history_id").first()
    return row.action, row.history_user_id, row.history_change_reason


@pytest.mark.parametrize("name", ["stranger", "stranger@example.org", "id"])
def test_events_are_shared(admin, staff, stranger, event, name):
    user = str(stranger.pk) if name == "id" else stranger.email if "@" in name else name
    answer = post(admin, event, do="share", user=user, role="editor", note="asked for it")
    assert "stranger is editor now." in answer.content.decode()
    assert role_of(event, stranger) == "editor"
    assert newest(event) == ("shared", staff.pk, "asked for it")
    answer = post(admin, event, do="share", user=user, role="editor", note="")
    assert "has that role already" in answer.content.decode()


@pytest.mark.parametrize(
    ("user", "role"),
    [("nobody", "viewer"), ("stranger", "owner"), ("", "viewer"), ("\0", "viewer")],
)
def test_a_share_that_cannot_be_is_told_in_the_form(admin, stranger, event, user, role):
    answer = post(admin, event, do="share", user=user, role=role, note="")
    assert answer.context["form"].errors
    assert role_of(event, stranger) is None


def test_roles_change(admin, staff, viewer, event):
    answer = post(admin, event, do="role", grantee=viewer.pk, role="editor")
    assert "viewer is editor now." in answer.content.decode()
    assert role_of(event, viewer) == "editor"
    assert newest(event)[:2] == ("role_changed", staff.pk)


def test_access_is_revoked_once_that_is_confirmed(admin, staff, viewer, event):
    answer = post(admin, event, do="revoke", grantee=viewer.pk)
    assert "Revoke the access of viewer" in answer.content.decode()
    assert role_of(event, viewer) == "viewer"
    confirmed = {"do": "revoke", "grantee": viewer.pk, "confirmed": "yes", "note": "left us"}
    answer = post(admin, event, **confirmed)
    assert "viewer has no access any more." in answer.content.decode()
    assert role_of(event, viewer) is None
    assert newest(event) == ("revoked", staff.pk, "left us")


def test_a_member_of_staff_revokes_their_own_access_as_staff(admin, staff, event):
    shared(event, {staff: "viewer"})
    post(admin, event, do="revoke", grantee=staff.pk, confirmed="yes", note="")
    assert newest(event)[0] == "revoked"


@pytest.mark.parametrize(
    "posted",
    [
        {"do": "revoke", "confirmed": "yes", "note": "", "grantee": "owner"},
        {"do": "role", "role": "viewer", "grantee": "owner"},
        {"do": "role", "role": "viewer", "grantee": "stranger"},
        {"do": "share", "role": "viewer", "user": "owner", "note": ""},
    ],
)
def test_what_a_service_refuses_is_a_message(admin, owner, stranger, event, posted):
    people = {"owner": owner.pk, "stranger": stranger.pk}
    posted = posted | ({"grantee": people[posted["grantee"]]} if "grantee" in posted else {})
    assert "Not done: " in post(admin, event, **posted).content.decode()
    assert role_of(event, owner) == "owner"


def test_what_means_nothing_does_nothing(admin, viewer, event):
    for posted in ({}, {"do": "x"}, {"do": "role", "grantee": "\0"}, {"do": "revoke"}):
        assert post(admin, event, **posted).status_code == 200
    post(admin, event, do="role", grantee=viewer.pk, role="owner")
    assert role_of(event, viewer) == "viewer"


def test_who_may_only_look_changes_no_access(client, viewer, event):
    helper = UserFactory(username="helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="view_event"))
    client.force_login(User.objects.get(pk=helper.pk))
    shown = client.get(url("people", event)).content.decode()
    assert "viewer" in shown
    assert "Revoke" not in shown
    for posted in ({"do": "role", "grantee": viewer.pk, "role": "editor"}, {"do": "share"}):
        assert client.post(url("people", event), posted).status_code == 403


def test_people_come_a_hundred_at_a_time(admin, event, monkeypatch):
    monkeypatch.setattr("collaboration.admin.people.MOST_SHOWN", 2)
    assert "All people with access" in admin.get(url("change", event)).content.decode()
    shown = admin.get(url("people", event)).content.decode()
    assert "Page 1 of 2" in shown
    assert "Page 2 of 2" in admin.get(f"{url('people', event)}?p=2").content.decode()
    assert "Page 1 of 2" in admin.get(f"{url('people', event)}?p=%00").content.decode()
