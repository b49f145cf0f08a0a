"""What the admin must not do for those who may little, nor fall over."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.admin.export import cell
from collaboration.services import people
from collaboration.tests.staff import signed_in, superuser, supporter, url, with_permissions
from events.models import Grant

NEW = {"password1": "another Horse 42", "password2": "another Horse 42", "usable_password": "true"}


@pytest.fixture
def admin(db):
    return signed_in(superuser())


def test_nobody_takes_over_an_account_with_more_rights(db):
    above = with_permissions("change_event")
    client = signed_in(with_permissions("view_user", "change_user", "delete_user"))
    assert client.post(f"/admin/accounts/user/{above.pk}/password/", NEW).status_code == 403
    assert client.post(url("user", "change", above.pk), {"email": "x@x.org"}).status_code == 403
    assert client.post(url("user", "delete", above.pk), {"confirmed": "yes"}).status_code == 403
    below = UserFactory()
    assert client.get(url("user", "change", below.pk)).status_code == 200


def test_the_last_superuser_keeps_their_rank(admin):
    form = {"email": admin.user.email, "timezone": "UTC", "is_staff": "on"}
    answer = admin.post(url("user", "change", admin.user.pk), form, follow=True)
    assert "last active superuser" in answer.content.decode()
    assert User.objects.get(pk=admin.user.pk).is_superuser
    superuser("second")
    admin.post(url("user", "change", admin.user.pk), form)
    assert not User.objects.get(pk=admin.user.pk).is_superuser


def test_who_may_not_change_events_gives_none_away(event, owner, editor):
    client = signed_in(with_permissions("view_user", "delete_user"))
    form = {"heir": "editor", "sure": "yes", "confirmed": "yes"}
    client.post(url("user", "delete", owner.pk), form)
    assert User.objects.filter(pk=owner.pk).exists()
    assert Grant.objects.get(event=event, role="owner").user == owner


def test_lists_of_history_outlive_the_people_in_them(admin, event, owner, editor):
    people.delete_user(owner.pk, heir_id=editor.pk, by=admin.user)
    for model in ("historicalgrant", "historicalevent"):
        assert admin.get(reverse(f"admin:events_{model}_changelist")).status_code == 200


def test_who_came_after_the_page_is_not_deactivated(admin):
    shown = UserFactory()
    form = {"action": "deactivate", "_selected_action": [str(shown.pk)], "select_across": "1"}
    page = admin.post(url("user", "changelist"), form)
    hidden = dict(page.context["hidden"])
    later = UserFactory()
    admin.post(url("user", "changelist"), {**form, **hidden})
    active = dict(User.objects.values_list("pk", "is_active"))
    assert (active[shown.pk], active[later.pk]) == (False, True)


def test_support_is_refused_what_it_may_not_do(db):
    form = {"action": "deactivate", "_selected_action": [str(UserFactory().pk)]}
    assert signed_in(supporter()).post(url("user", "changelist"), form).status_code == 403


def test_ending_sessions_shows_nobody_to_those_who_may_not_look(db):
    client = signed_in(with_permissions("end_session"))
    person = UserFactory(username="secret-name")
    answer = client.get(f"/admin/accounts/user/{person.pk}/end-sessions/")
    assert answer.status_code == 403


def test_groups_are_for_superusers(admin):
    group = reverse("admin:auth_group_changelist")
    assert admin.get(group).status_code == 200
    client = signed_in(with_permissions("view_group", "change_group", "add_group"))
    assert client.get(reverse("admin:auth_group_add")).status_code == 403


NONSENSE = [
    "accounts/user/?username__regex=(",
    "accounts/user/?email__contains=a",
    "accounts/user/?date_joined__year=0",
    "accounts/user/?_facets=True",
    "accounts/session/?created_at__year=99999",
    "accounts/session/?address=foo",
    "accounts/failedlogin/?at__year=-1",
    "token_blacklist/outstandingtoken/?jti__regex=(",
    "auth/group/?name__regex=(",
    "search/?s=a&page=abc",
    "search/?s=a&page=200",
    "events/event/foo/access/",
    "r/1/2/",
]


@pytest.mark.parametrize("path", NONSENSE)
def test_nonsense_in_an_address_is_no_fault_of_ours(admin, path):
    assert admin.get(f"/admin/{path}").status_code < 500


@pytest.mark.parametrize("selected", ["foo", "", "\0"])
def test_nonsense_that_is_selected_is_no_fault_of_ours(admin, selected):
    form = {"action": "delete_selected", "_selected_action": [selected]}
    assert admin.post(reverse("admin:auth_group_changelist"), form).status_code < 500


def test_a_number_of_thousands_of_digits_is_an_error_of_the_form(admin, event):
    form = {"title": "Long", "metadata": "9" * 5000, "timezone": "UTC"}
    answer = admin.post(reverse("admin:events_event_change", args=[event.pk]), form)
    assert answer.status_code == 200
    assert "metadata" in answer.context["adminform"].form.errors
    assert "9" * 5000 in answer.content.decode()


@pytest.mark.parametrize("text", ["=1+1", "\n=1", "\N{FULLWIDTH EQUALS SIGN}1", "@SUM(A1)"])
def test_no_cell_of_a_file_is_a_formula(text):
    assert cell(text) == f"'{text}"
    assert cell(f"a; {text}") == f"a;' {text}"
