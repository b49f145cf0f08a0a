"""What staff do to accounts: it is asked first, done by the services, and logged."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.utils.timezone import now

from accounts import services
from accounts.models import Session, User
from accounts.tests.factories import PASSWORD, UserFactory
from collaboration.admin import user_actions
from collaboration.tests.staff import (
    asked,
    do,
    signed_in,
    superuser,
    text_of,
    url,
    with_permissions,
)

LIST = "/admin/accounts/user/"
PATHS = {
    "deactivate": "deactivate",
    "activate": "activate",
    "end_sessions": "end-sessions",
    "send_reset": "send-reset",
}
TITLES = {
    "deactivate": "Deactivate",
    "activate": "Activate",
    "end_sessions": "End all sessions",
    "send_reset": "Send a password reset",
}


@pytest.fixture
def staff(db):
    return signed_in(superuser())


def path_of(user, action: str) -> str:
    return f"{LIST}{user.pk}/{PATHS[action]}/"


def chosen(action: str, *users) -> dict:
    return {"action": action, "_selected_action": [str(user.pk) for user in users]}


def is_active(user) -> bool:
    return User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("action", PATHS)
def test_it_is_asked_before_anything_happens(staff, owner, editor, action):
    services.start_session(user=owner)
    page = text_of(asked(staff, LIST, chosen(action, owner, editor)))
    assert "<li>owner</li>" in page
    assert "<li>editor</li>" in page
    assert "<script>" not in page
    assert re.search(rf"<button[^>]*>\s*{TITLES[action]}\s*</button>", page)
    asked(staff, path_of(owner, action))
    assert is_active(owner)
    assert Session.objects.live().exists()
    assert mail.outbox == []


def test_deactivated_people_are_signed_out_and_their_events_stay(staff, event, owner, editor):
    services.start_session(user=owner)
    other, _ = services.start_session(user=editor)
    assert "Deactivated: 1." in text_of(do(staff, LIST, chosen("deactivate", owner)))
    assert not is_active(owner)
    assert Session.objects.live().get() == other
    event.refresh_from_db()


def test_activating_revives_nothing(staff, owner):
    services.start_session(user=owner)
    do(staff, path_of(owner, "deactivate"))
    assert "Activated: 1." in text_of(do(staff, path_of(owner, "activate")))
    assert is_active(owner)
    assert not Session.objects.live().exists()


def test_all_sessions_of_somebody_end(staff, owner, editor):
    for user in (owner, owner, editor):
        services.start_session(user=user)
    assert "Ended all sessions: 1." in text_of(do(staff, path_of(owner, "end_sessions")))
    assert Session.objects.live().get().user == editor


def test_what_is_done_is_logged_with_who_did_it(staff, owner):
    do(staff, path_of(owner, "deactivate"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (staff.user, str(owner.pk))
    assert entry.get_change_message() == "Deactivated."


def test_staff_do_not_deactivate_themselves_nor_hinders_that_the_others(staff, owner):
    page = text_of(do(staff, LIST, chosen("deactivate", staff.user, owner)))
    assert "This is your own account" in page
    assert "Deactivated: 1." in page
    assert is_active(staff.user)
    assert not is_active(owner)


@pytest.mark.parametrize("action", PATHS)
def test_many_at_once_are_refused(staff, owner, editor, action, monkeypatch):
    deed = getattr(user_actions, {"send_reset": "RESET"}.get(action, action.upper()))
    assert 50 <= deed.most <= 1000
    few = user_actions.Deed(deed.title, deed.consequence, deed.done, deed.do, most=1)
    monkeypatch.setattr(user_actions, {"send_reset": "RESET"}.get(action, action.upper()), few)
    response = staff.post(LIST, chosen(action, owner, editor), follow=True)
    assert "at most 1 at a time" in text_of(response)


def test_more_than_a_hundred_are_not_all_named(staff):
    users = [UserFactory() for _ in range(103)]
    page = text_of(asked(staff, LIST, chosen("deactivate", *users)))
    assert page.count("<li>user-") == 100
    assert "<li>and 3 more</li>" in page
    assert page.count('name="_selected_action"') == 103


def test_all_that_a_search_finds_are_meant_again_when_it_is_confirmed(staff):
    UserFactory(username="ada"), UserFactory(username="adele"), UserFactory(username="bob")
    form = {**chosen("deactivate", User.objects.get(username="ada")), "select_across": "1"}
    do(staff, f"{LIST}?q=ad&is_staff__exact=0", form)
    active = User.objects.filter(is_active=True).order_by("username")
    assert [user.username for user in active] == ["admin", "bob"]


def test_asking_costs_the_same_for_any_number(staff, django_assert_num_queries):
    users = [UserFactory() for _ in range(12)]
    for some in (users[:2], users):
        # Django's session, the member of staff, the list's own three; how many, the users
        # and, hidden, their ids.
        with django_assert_num_queries(8):
            staff.post(LIST, chosen("deactivate", *some))


def test_only_the_buttons_that_would_do_something_are_there(staff, owner):
    page = text_of(staff.get(url("user", "change", owner.pk)))
    assert "/deactivate/" in page
    assert "/activate/" not in page
    services.deactivate(owner.pk, by=staff.user)
    page = text_of(staff.get(url("user", "change", owner.pk)))
    assert "/deactivate/" not in page
    assert "/activate/" in page


@pytest.mark.parametrize("action", PATHS)
def test_without_the_permission_there_is_no_button_and_no_page(owner, action):
    client = signed_in(with_permissions("view_user"))
    assert PATHS[action] not in text_of(client.get(url("user", "change", owner.pk)))
    assert f'value="{action}"' not in text_of(client.get(LIST))
    for response in (
        client.get(path_of(owner, action)),
        client.post(path_of(owner, action), {"confirmed": "yes"}),
    ):
        assert response.status_code == 403
    client.post(LIST, {**chosen(action, owner), "confirmed": "yes"})
    assert is_active(owner)
    assert mail.outbox == []


@pytest.mark.parametrize("action", ["deactivate", "send_reset"])
def test_who_is_no_superuser_does_it_to_none(staff, action):
    helper = signed_in(with_permissions("view_user", "change_user"))
    page = text_of(do(helper, path_of(staff.user, action)))
    assert "You do not have permission" in page
    assert is_active(staff.user)
    assert mail.outbox == []


@pytest.mark.parametrize("action", PATHS)
def test_nobody_is_told_of_who_is_not_there(staff, action):
    for name in ("01890a5d-ac96-774b-bcce-b302099a8057", "nonsense"):
        response = staff.get(f"{LIST}{name}/{PATHS[action]}/", follow=True)
        assert "exist. Perhaps it was deleted?" in text_of(response)


def link_in(message) -> str:
    return re.search(r"http://testserver(\S+)", message.body)[1]


@pytest.fixture
def link(staff, owner):
    """Of the mail that the owner got, who is signed in."""
    services.start_session(user=owner)
    assert "Sent a password reset: 1." in text_of(do(staff, path_of(owner, "send_reset")))
    [message] = mail.outbox
    assert message.to == [owner.email]
    return link_in(message)


NEW = {"new_password1": PASSWORD[::-1], "new_password2": PASSWORD[::-1]}


def test_the_link_leads_to_a_new_password_which_ends_every_session(client, link, owner):
    page = client.get(link, follow=True)
    assert "<strong>owner</strong>" in text_of(page)
    done = client.post(page.request["PATH_INFO"], NEW, follow=True)
    assert "The new password is set" in text_of(done)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD[::-1])
    assert not Session.objects.live().exists()


@pytest.mark.parametrize("bad", ["123", "owner", "x" * 129])
def test_a_bad_new_password_is_refused(client, link, owner, bad):
    page = client.get(link, follow=True)
    form = {"new_password1": bad, "new_password2": bad}
    answer = client.post(page.request["PATH_INFO"], form)
    assert answer.status_code == 200
    assert 'role="alert"' in text_of(answer)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_the_link_works_once(client, link):
    client.post(client.get(link, follow=True).request["PATH_INFO"], NEW)
    assert "This link does not work" in text_of(client.get(link, follow=True))


def test_the_link_is_not_needed_any_more_once_they_sign_in(client, link, owner):
    User.objects.update(last_login=now() + timedelta(seconds=1))  # seconds are what counts
    assert "This link does not work" in text_of(client.get(link, follow=True))


def test_the_link_of_somebody_who_was_deactivated_does_not_work(client, link, staff, owner):
    services.deactivate(owner.pk, by=staff.user)
    assert "This link does not work" in text_of(client.get(link, follow=True))


@pytest.mark.parametrize("uid", ["x", "AAAA", "%00", "_-_-", "MDE4OTBhNWQ"])
def test_a_link_of_nonsense_does_not_work(client, db, uid):
    for token in ("x", "set-password", "c-d"):
        response = client.get(f"/password/reset/{uid}/{token}/", follow=True)
        assert "This link does not work" in text_of(response)


def test_the_page_waits_where_passwords_are_hashed(link, settings):
    assert link.startswith(settings.PASSWORD_PATHS)


def test_who_is_deactivated_gets_no_mail(staff, owner):
    services.deactivate(owner.pk, by=staff.user)
    page = text_of(do(staff, LIST, chosen("send_reset", owner)))
    assert "This account is switched off" in page
    assert mail.outbox == []


def test_a_mail_server_that_fails_is_told_of(staff, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = text_of(do(staff, path_of(owner, "send_reset")))
    assert "owner: the mail could not be sent" in page
    assert "Sent a password reset" not in page
