"""Deleting somebody in the admin: whose their events become is asked for, then said, then done."""

import pytest
from django.contrib.admin.models import DELETION, LogEntry

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.tests.staff import (
    asked,
    confirm,
    signed_in,
    superuser,
    text_of,
    url,
    with_permissions,
)
from events.models import Event, Grant
from events.services import writing
from events.tests.factories import EventFactory


@pytest.fixture
def staff(db):
    return signed_in(superuser())


def is_there(user) -> bool:
    return User.objects.filter(pk=user.pk).exists()


def path_of(user) -> str:
    return url("user", "delete", user.pk)


def test_the_page_says_what_there_is_to_hand_over(staff, event, owner):
    writing.delete_event(EventFactory(by=owner).pk, by=owner)
    page = text_of(asked(staff, path_of(owner)))
    assert "owner owns 2 events, 1 of them in the trash. They need a new owner." in page
    assert 'name="heir"' in page
    assert "<script>" not in page


def test_the_heir_is_shown_before_anything_happens(staff, event, owner, stranger):
    path = path_of(owner)
    again = confirm(staff, path, asked(staff, path), heir="Stranger@example.org")
    page = text_of(again)
    assert "1 event of owner will be owned by stranger (stranger@example.org)." in page
    assert is_there(owner)
    done = confirm(staff, path, again)
    assert "deleted successfully" in text_of(done)
    assert not is_there(owner)
    assert Grant.objects.get(event=event, role="owner").user == stranger


def test_it_is_logged_with_who_did_it(staff, owner):
    path = path_of(owner)
    confirm(staff, path, asked(staff, path))
    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.user, entry.object_id, entry.object_repr) == (staff.user, str(owner.pk), "owner")


def test_who_owns_nothing_needs_no_heir(staff, event, editor):
    path = path_of(editor)
    page = asked(staff, path)
    assert "editor owns 0 events." in text_of(page)
    assert 'name="heir"' not in text_of(page)
    confirm(staff, path, page)
    assert not is_there(editor)
    assert Event.objects.get() == event


@pytest.mark.parametrize("heir", ["", "nobody", "off", "\0", "x" * 300])
def test_an_heir_who_is_not_there_is_asked_for_again(staff, event, owner, heir):
    UserFactory(username="off", is_active=False)
    path = path_of(owner)
    answer = confirm(staff, path, asked(staff, path), heir=heir)
    assert 'name="heir"' in text_of(answer)
    assert answer.context["form"].errors["heir"]
    assert is_there(owner)


def test_what_the_service_refuses_is_said(staff, event, owner):
    path = path_of(owner)
    again = confirm(staff, path, asked(staff, path), heir="owner")
    page = text_of(confirm(staff, path, again))
    assert "They cannot be their own heir." in page
    assert is_there(owner)


def test_an_heir_who_is_deactivated_meanwhile_inherits_nothing(staff, event, owner, stranger):
    path = path_of(owner)
    again = confirm(staff, path, asked(staff, path), heir="stranger")
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    assert "There is no such active account." in text_of(confirm(staff, path, again))
    assert is_there(owner)


def test_nobody_deletes_themselves(staff):
    path = path_of(staff.user)
    assert "your own account" in text_of(confirm(staff, path, asked(staff, path)))
    assert is_there(staff.user)


def test_what_else_is_lost_is_said(staff, owner):
    LogEntry.objects.create(user=owner, object_repr="x", action_flag=DELETION)
    assert "loses the 1 entries" in text_of(asked(staff, path_of(owner)))


def test_no_action_of_the_list_deletes(staff, owner):
    page = text_of(staff.get(url("user", "changelist")))
    assert "delete_selected" not in page
    form = {"action": "delete_selected", "_selected_action": [str(owner.pk)], "post": "yes"}
    staff.post(url("user", "changelist"), form)
    assert is_there(owner)


def test_a_post_without_the_question_deletes_nobody(staff, owner):
    assert staff.post(path_of(owner), {"post": "yes"}).status_code == 200
    assert is_there(owner)


def test_without_the_permission_there_is_no_button_and_no_page(owner):
    client = signed_in(with_permissions("view_user", "change_user"))
    assert "/delete/" not in text_of(client.get(url("user", "change", owner.pk)))
    assert client.get(path_of(owner)).status_code == 403
    assert client.post(path_of(owner), {"confirmed": "yes"}).status_code == 403
    assert is_there(owner)


def test_who_is_no_superuser_deletes_none(staff):
    client = signed_in(with_permissions("view_user", "delete_user"))
    path = path_of(staff.user)
    assert client.post(path, {"confirmed": "yes"}).status_code == 403
    assert is_there(staff.user)


def test_somebody_who_is_gone_is_no_error(staff):
    response = staff.get("/admin/accounts/user/01890a5d-ac96-774b-bcce-b302099a8057/delete/")
    assert response.status_code == 302


def test_the_page_costs_the_same_for_any_number(staff, django_assert_num_queries):
    few, many = UserFactory(), UserFactory()
    for user, count in ((few, 1), (many, 10)):
        for _ in range(count):
            EventFactory(by=user)
        # Django's session, the member of staff, the person, their events, the admin's log.
        with django_assert_num_queries(5):
            staff.get(path_of(user))
