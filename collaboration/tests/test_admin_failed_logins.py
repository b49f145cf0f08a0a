"""Failed logins: each is kept, whichever door it was at, and staff can look at them."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts import services
from accounts.models import FailedLogin
from accounts.tests.factories import PASSWORD, UserFactory
from collaboration.tests.staff import signed_in, superuser, text_of, url, with_permissions
from neofi.problems import Conflict

LIST = "/admin/accounts/failedlogin/"
DOORS = ["/api/auth/login", "/api-auth/login/", "/admin/login/"]
FORM = "application/x-www-form-urlencoded"
FROM = {"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "curl/8"}


def try_at(door: str, username: str, password: str = "wrong", **meta):
    return Client().post(
        door, urlencode({"username": username, "password": password}), FORM, **FROM | meta
    )


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["owner", "Owner@example.org"])
def test_it_is_kept_with_whose_account_it_was(owner, door, name):
    try_at(door, name)
    failed = FailedLogin.objects.get()
    assert (failed.user, failed.address, failed.user_agent) == (owner, "192.0.2.7", "curl/8")


@pytest.mark.parametrize("door", DOORS)
def test_a_name_of_nobody_is_kept_without_it(db, door):
    try_at(door, "hunter2")
    assert FailedLogin.objects.get().user is None
    assert "hunter2" not in str(FailedLogin.objects.values())


@pytest.mark.parametrize("door", DOORS)
def test_a_login_that_works_is_none(db, door):
    superuser()
    assert try_at(door, "admin", PASSWORD).status_code in (200, 302)
    assert not FailedLogin.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_one_with_the_right_password_of_a_deactivated_account_is_kept(owner, door):
    owner.is_active = False
    owner.save()
    try_at(door, "owner", PASSWORD)
    assert FailedLogin.objects.get().user == owner


def test_so_is_one_of_who_is_no_staff_at_the_admin(owner):
    assert "staff account" in text_of(try_at("/admin/login/", "owner", PASSWORD))
    assert FailedLogin.objects.get().user == owner


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("error", [OperationalError("gone"), Conflict("busy")])
def test_the_answer_is_the_same_if_it_cannot_be_kept(owner, door, error, monkeypatch):
    def same(response):
        csrf = r'name="csrfmiddlewaretoken" value="\w+"'
        return response.status_code, re.sub(csrf, "", text_of(response))

    before = same(try_at(door, "owner"))

    def refuse(**_):
        raise error

    monkeypatch.setattr(services, "note_failed_login", refuse)
    assert same(try_at(door, "owner")) == before
    assert FailedLogin.objects.count() == 1


def test_what_the_database_refuses_harms_nothing_else(owner, monkeypatch):
    monkeypatch.setattr(services, "USER_AGENT_LENGTH", 400)  # the column has room for 300
    response = try_at("/api/auth/login", "owner", HTTP_USER_AGENT="x" * 301)
    assert response.status_code == 401
    assert not FailedLogin.objects.exists()


def test_a_wrong_password_and_an_unknown_name_ask_the_database_the_same(owner):
    asked = []
    for name in ("owner", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            try_at("/api/auth/login", name)
        asked.append([query["sql"].split(" ")[0] for query in queries])
    assert asked[0] == asked[1]


def test_they_are_removed_after_a_month(owner):
    for days in (29, 31):
        services.note_failed_login(name="owner")
        newest = FailedLogin.objects.order_by("-at").first()
        FailedLogin.objects.filter(pk=newest.pk).update(at=now() - timedelta(days=days))
    call_command("tidy", verbosity=0)
    assert FailedLogin.objects.get().at > now() - timedelta(days=30)


@pytest.fixture
def staff(db):
    return signed_in(superuser())


def test_the_list_shows_them_newest_first(staff, owner):
    services.note_failed_login(name="owner", address="192.0.2.1", user_agent="curl/1")
    services.note_failed_login(name="nobody", address="192.0.2.2", user_agent="curl/2")
    page = text_of(staff.get(LIST))
    assert f'href="{url("user", "change", owner.pk)}">owner</a>' in page
    assert page.index("192.0.2.2") < page.index("192.0.2.1")
    assert page.index("curl/2") < page.index("curl/1")


def test_the_list_is_filtered_by_person(staff, owner):
    services.note_failed_login(name="owner")
    services.note_failed_login(name="nobody")
    for asked in ({"user__id__exact": owner.pk}, {"user__id__exact": "owner"}, {"q": "owner"}):
        [row] = staff.get(LIST, asked).context["cl"].result_list
        assert row.user == owner


def test_the_list_costs_the_same_for_any_number(staff, django_assert_num_queries):
    for count in (1, 10):
        for _ in range(count):
            services.note_failed_login(name=UserFactory().username)
        # Django's session, the member of staff, a count and the rows with their users.
        with django_assert_num_queries(4):
            staff.get(LIST)


def test_they_are_read_only(staff, owner):
    services.note_failed_login(name="owner")
    failed = FailedLogin.objects.get()
    path = url("failedlogin", "change", failed.pk)
    assert staff.get(path).status_code == 200
    assert staff.post(path, {"user_agent": "x"}).status_code == 403
    assert staff.get(url("failedlogin", "add")).status_code == 403
    assert staff.get(url("failedlogin", "delete", failed.pk)).status_code == 403


def test_who_may_not_see_them_sees_none(db):
    assert signed_in(with_permissions("view_user")).get(LIST).status_code == 403
