"""What staff do to many events at once, or to one: asked first, told of what was refused."""

import csv

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.admin import base, bulk, export
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.services import writing
from events.tests.factories import EventFactory
from neofi.tests.queries import queries

LIST = reverse("admin:events_event_changelist")


@pytest.fixture
def staff(db):
    return UserFactory(username="staff", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, staff):
    client.force_login(staff)
    return client


def of_helper(client, *permissions: str) -> User:
    """Signs in a member of staff who may do so much."""
    helper = UserFactory(username="helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(helper)
    return helper


def ask(admin, action: str, *events, **more):
    ids = [str(event.pk) for event in events]
    return admin.post(LIST, {"action": action, "_selected_action": ids, **more})


def run(admin, action: str, *events, **more) -> str:
    """Ask, and confirm what the page asks; the text of the list then."""
    asked = ask(admin, action, *events)
    assert asked.status_code == 200, asked
    hidden = {}
    for name, value in asked.context["hidden"]:
        hidden.setdefault(name, []).append(value)
    answer = admin.post(LIST, {**hidden, "note": "", **more}, follow=True)
    return answer.content.decode()


def newest(event) -> tuple:
    row = HistoricalEvent.objects.of_event(event.pk).with_author().order_by("-version").first()
    return row.action, row.by_username, row.history_change_reason


def test_nothing_is_done_before_it_is_confirmed(admin, event):
    for action in ("cancel", "throw_away", "restore", "transfer"):
        answer = ask(admin, action, event)
        assert answer.status_code == 200
        assert "Planning" in answer.content.decode()
    assert Event.objects.get(pk=event.pk).version == 1


def test_events_are_cancelled_with_a_note(admin, owner, event):
    other = EventFactory(by=owner, title="Other")
    assert "Done: 2." in run(admin, "cancel", event, other, note="storm")
    for one in (event, other):
        assert Event.objects.get(pk=one.pk).status == "cancelled"
        assert newest(one) == ("updated", "staff", "storm")


def test_the_trash_and_the_way_back(admin, event):
    assert "Done: 1." in run(admin, "throw_away", event, note="spam")
    assert newest(event) == ("deleted", "staff", "spam")
    assert "It is in the trash, or gone." in run(admin, "throw_away", event)
    assert "Done: 1." in run(admin, "restore", event, note="not spam")
    assert newest(event) == ("restored", "staff", "not spam")


def test_what_one_event_refuses_leaves_the_others_alone(admin, owner, event):
    gone = EventFactory(by=owner, title="Gone & away")
    writing.delete_event(gone.pk, by=owner)
    shown = run(admin, "cancel", gone, event)
    assert "“Gone &amp; away”: It is in the trash, or gone." in shown
    assert "Done: 1." in shown
    assert Event.objects.get(pk=event.pk).status == "cancelled"


def test_of_many_refusals_some_are_told(admin, owner, event, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_TOLD", 1)
    other = EventFactory(by=owner, title="Other")
    for one in (event, other):
        writing.delete_event(one.pk, by=owner)
    shown = run(admin, "cancel", event, other)
    assert "And 1 more were refused." in shown
    assert "Done" not in shown


@pytest.mark.parametrize("to", ["stranger", "STRANGER", "stranger@example.org"])
def test_events_are_handed_to_somebody_without_a_role(admin, owner, stranger, event, to):
    to = stranger.email if "@" in to else to
    assert "Done: 1." in run(admin, "transfer", event, to=to, note="moving on")
    roles = dict(Grant.objects.filter(event=event).values_list("user__username", "role"))
    assert (roles["stranger"], roles["owner"]) == ("owner", "editor")
    rows = HistoricalGrant.objects.filter(action="transferred").order_by("history_id")
    assert [(row.user_id, row.previous_role, row.role) for row in rows] == [
        (owner.pk, "owner", "editor"),
        (stranger.pk, None, "owner"),
    ]
    assert len({(row.history_date, row.change_set, row.history_user_id) for row in rows}) == 1


def test_events_are_handed_to_nobody_who_is_not_there(admin, event):
    asked = ask(admin, "transfer", event)
    hidden = dict(asked.context["hidden"])
    for to in ("", "nobody", "\0"):
        answer = admin.post(LIST, {**hidden, "to": to, "note": ""})
        assert answer.context["form"].errors["to"]
    assert Grant.objects.get(event=event, role="owner").user.username == "owner"


def test_all_that_the_list_finds_are_taken_up_to_a_bound(admin, owner, event, monkeypatch):
    EventFactory(by=owner, title="Other")
    asked = ask(admin, "cancel", event, select_across="1")
    assert "2 events:" in asked.content.decode()

    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    answer = admin.post(
        LIST,
        {"action": "cancel", "_selected_action": [str(event.pk)], "select_across": "1"},
        follow=True,
    )
    assert "takes up to 1 events" in answer.content.decode()
    assert Event.objects.get(pk=event.pk).version == 1
    assert base.MOST_AT_ONCE == 1_000


def test_those_that_were_confirmed_are_meant_whatever_the_list_finds_by_then(admin, owner, event):
    asked = ask(admin, "cancel", event, select_across="1")
    later = EventFactory(by=owner, title="Later")
    hidden = dict(asked.context["hidden"])
    admin.post(LIST, {**hidden, "note": ""})
    assert Event.objects.get(pk=event.pk).status == "cancelled"
    assert Event.objects.get(pk=later.pk).status == "confirmed"


def test_asking_takes_as_many_queries_for_one_as_for_many(admin, owner, event):
    # The session, its user; the list's count and page; the events: which they are, and with their
    # owners.
    with queries(6):
        ask(admin, "cancel", event)
    others = [EventFactory(by=owner) for _ in range(10)]
    with queries(6):
        ask(admin, "cancel", event, *others)


@pytest.mark.parametrize("what", ["x", "\0", "1"])
def test_what_is_no_event_is_not_selected(admin, event, what):
    answer = admin.post(LIST, {"action": "cancel", "_selected_action": [what]}, follow=True)
    assert "Nothing was done" in answer.content.decode()


ONE = {
    "cancel": ("updated", {}),
    "trash": ("deleted", {}),
    "transfer": ("created", {"to": "stranger"}),
}


@pytest.mark.parametrize("what", ONE)
def test_one_event_has_the_same_ways(admin, stranger, event, what):
    action, more = ONE[what]
    address = f"/admin/events/event/{event.pk}/{what}/"
    assert admin.get(address).status_code == 200
    assert Event.objects.get(pk=event.pk).version == 1
    answer = admin.post(address, {"confirmed": "yes", "note": "", **more}, follow=True)
    assert "Done: 1." in answer.content.decode()
    assert newest(event)[0] == action


def test_one_event_is_restored(admin, owner, event):
    writing.delete_event(event.pk, by=owner)
    change = reverse("admin:events_event_change", args=[event.pk])
    buttons = admin.get(change).content.decode()
    assert "restore_from_trash" in buttons
    assert "event_busy" not in buttons
    admin.post(f"/admin/events/event/{event.pk}/restore/", {"confirmed": "yes", "note": ""})
    assert Event.objects.get(pk=event.pk).deleted_at is None
    assert "restore_from_trash" not in admin.get(change).content.decode()


# Who may do what


@pytest.mark.parametrize("action", ["cancel", "throw_away", "transfer", "restore"])
def test_who_may_only_look_runs_no_action(client, event, action):
    of_helper(client, "view_event")
    assert action not in client.get(LIST).content.decode().split('<select name="action"')[-1][:900]
    assert ask(client, action, event).status_code == 403
    confirmed = {"confirmed": "yes", "ids": str(event.pk), "note": "", "to": "editor"}
    assert ask(client, action, event, **confirmed).status_code == 403
    assert Event.objects.get(pk=event.pk).version == 1


@pytest.mark.parametrize("what", ["cancel", "trash", "transfer", "restore", "roll-back/1"])
def test_who_may_only_look_changes_no_event(client, event, what):
    of_helper(client, "view_event")
    address = f"/admin/events/event/{event.pk}/{what}/"
    assert client.get(address).status_code == 403
    assert client.post(address, {"confirmed": "yes", "note": "", "seen": "1"}).status_code == 403
    assert Event.objects.get(pk=event.pk).version == 1


def test_who_may_only_look_sees_no_button(client, owner, event):
    of_helper(client, "view_event")
    change = reverse("admin:events_event_change", args=[event.pk])
    shown = client.get(change).content.decode()
    assert "History" in shown
    for word in ("event_busy", "move_up", "restore_from_trash", "Share, change roles"):
        assert word not in shown
    writing.delete_event(event.pk, by=owner)
    assert "restore_from_trash" not in client.get(change).content.decode()


@pytest.mark.parametrize("what", ["", "history/", "compare/", "people/", "change/", "roll-back/1/"])
def test_who_may_not_look_sees_nothing(client, event, what):
    of_helper(client)
    address = f"/admin/events/event/{event.pk}/{what}" if what else LIST
    assert client.get(address).status_code == 403


def test_the_right_to_restore_is_enough_to_restore(client, owner, event):
    of_helper(client, "view_event", "restore_event")
    writing.delete_event(event.pk, by=owner)
    assert "Done: 1." in run(client, "restore", event)
    assert newest(event)[:2] == ("restored", "helper")
    assert ask(client, "cancel", event).status_code == 403
    writing.delete_event(event.pk, by=owner)
    change = reverse("admin:events_event_change", args=[event.pk])
    assert "restore_from_trash" in client.get(change).content.decode()


def test_the_right_to_change_is_enough_for_everything(client, event, stranger):
    of_helper(client, "view_event", "change_event")
    for action in ("cancel", "throw_away", "restore"):
        assert "Done: 1." in run(client, action, event)
    assert "Done: 1." in run(client, "transfer", event, to="stranger")


# Export


def rows_of(answer) -> list[dict]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(text.splitlines()))


def test_events_are_exported_as_csv(client, owner):
    of_helper(client, "view_event")
    event = EventFactory(by=owner, title='Größe, "neu"', tags=["a", "b"])
    answer = ask(client, "export", event)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="events-')
    [row] = rows_of(answer)
    assert (row["id"], row["title"], row["owner"]) == (str(event.pk), 'Größe, "neu"', "owner")
    assert (row["start_time"], row["tags"]) == ("2026-03-02T09:00:00Z", "a, b")
    assert (row["last_editor"], row["deleted_at"], row["version"]) == ("owner", "", "1")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start):
    assert export.cell(f"{start}1+1") == f"'{start}1+1"
    assert export.cell([f"{start}x"]) == f"'{start}x"
    assert export.cell(f"1{start}1") == f"1{start}1"


def test_an_export_is_bounded(admin, owner, event, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    EventFactory(by=owner)
    assert ask(admin, "export", event, select_across="1").status_code == 302
    assert len(rows_of(ask(admin, "export", event))) == 1
