"""The group of staff that is there from the start, and what its people may do."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts import services
from accounts.models import Session, User
from collaboration.groups import PERMISSIONS, SUPPORT, make_support
from collaboration.tests.staff import do, signed_in, superuser, supporter, text_of, url
from events.tests.factories import EventFactory


@pytest.fixture
def support(db):
    return signed_in(supporter())


def permissions() -> set:
    rows = Group.objects.get(name=SUPPORT).permissions
    return set(rows.values_list("content_type__app_label", "codename"))


def test_it_is_there_with_its_permissions(db):
    assert permissions() == set(PERMISSIONS)


def test_to_migrate_again_changes_nothing_that_an_operator_has_set(db):
    group = Group.objects.get(name=SUPPORT)
    group.permissions.remove(group.permissions.get(codename="end_session"))
    call_command("migrate", verbosity=0)
    assert permissions() == set(PERMISSIONS) - {("accounts", "end_session")}


def test_it_is_made_again_where_there_is_none(db):
    Group.objects.get(name=SUPPORT).delete()
    make_support(apps, "default")
    assert permissions() == set(PERMISSIONS)


def test_they_see_people_sessions_failed_logins_and_events(support, event, owner):
    session, _ = services.start_session(user=owner)
    services.note_failed_login(name="owner")
    for path in (
        "/admin/",
        url("user", "changelist"),
        url("user", "change", owner.pk),
        url("session", "changelist"),
        url("session", "change", session.pk),
        url("failedlogin", "changelist"),
        "/admin/events/event/",
    ):
        assert support.get(path).status_code == 200, path


def test_they_end_sessions_of_anybody(support, owner):
    services.start_session(user=owner)
    other, _ = services.start_session(user=superuser())
    do(support, f"/admin/accounts/user/{owner.pk}/end-sessions/")
    assert Session.objects.live().get() == other
    form = {"action": "end", "_selected_action": [str(other.pk)]}
    do(support, url("session", "changelist"), form)
    assert not Session.objects.live().exists()


@pytest.mark.parametrize("deed", ["deactivate", "activate", "send-reset", "delete"])
def test_they_do_nothing_else_to_people(support, owner, deed):
    path = f"/admin/accounts/user/{owner.pk}/{deed}/"
    assert deed not in text_of(support.get(url("user", "change", owner.pk)))
    assert support.get(path).status_code == 403
    assert support.post(path, {"confirmed": "yes"}).status_code == 403
    assert User.objects.get(pk=owner.pk).is_active


def test_they_change_nobody_and_add_nobody(support, owner):
    form = {"email": "mine@example.org", "timezone": "UTC"}
    assert support.post(url("user", "change", owner.pk), form).status_code == 403
    assert support.get(url("user", "add")).status_code == 403
    assert support.post(f"/admin/accounts/user/{owner.pk}/password/", {}).status_code == 403


def test_they_see_no_tokens(support):
    assert support.get("/admin/token_blacklist/outstandingtoken/").status_code == 403


def test_in_the_api_they_are_strangers(api, support):
    event = EventFactory()
    assert api(support.user).get(f"/api/events/{event.pk}").status_code == 404
