import pytest
from django.contrib import admin
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import services
from accounts.models import Session, User
from accounts.tests.factories import PASSWORD, UserFactory


@pytest.fixture
def staff(client, db):
    user = services.create_staff_user(username="admin", email="a@example.org", password=PASSWORD)
    client.force_login(user)
    return client


def url(model: str, view: str, *args) -> str:
    return reverse(f"admin:accounts_{model}_{view}", args=args)


@pytest.mark.parametrize("name", ["admin", "A@example.org"])
def test_staff_sign_in_by_name_or_address(client, db, name):
    services.create_staff_user(username="admin", email="a@example.org", password=PASSWORD)
    response = client.post("/admin/login/", {"username": name, "password": PASSWORD})
    assert response.status_code == 302
    assert client.get(url("user", "changelist")).status_code == 200


def test_staff_add_a_user(staff):
    form = {"username": "ada", "email": "ada@Example.org", "timezone": "Europe/London"}
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    response = staff.post(url("user", "add"), {**form, **passwords})
    assert response.status_code == 302
    assert User.objects.named("ada").get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "ADMIN", "already exists"),
        ("username", "a b c", "A user name has 3 to 30"),
        ("email", "A@EXAMPLE.ORG", "This e-mail address is taken."),
        ("timezone", "Mars/Olympus", "Give an IANA time zone"),
        ("password2", "123", "The two password fields"),
    ],
)
def test_what_the_api_refuses_staff_cannot_add(staff, field, value, sentence):
    form = {"username": "ada", "email": "ada@example.org", "timezone": "UTC"}
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    response = staff.post(url("user", "add"), {**form, **passwords, field: value})
    assert sentence in response.content.decode()
    assert User.objects.count() == 1


def test_staff_find_a_user_and_switch_them_off(staff):
    ada = UserFactory(username="ada")
    assert "ada@example.org" in staff.get(url("user", "changelist"), {"q": "ada"}).content.decode()
    form = {"email": ada.email, "timezone": "UTC", "username": "other"}  # is_active unticked
    assert staff.post(url("user", "change", ada.pk), form).status_code == 302
    ada.refresh_from_db()
    assert (ada.username, ada.is_active) == ("ada", False)


def test_users_are_not_deleted(staff):
    ada = UserFactory()
    assert staff.post(url("user", "delete", ada.pk), {"post": "yes"}).status_code == 403


def test_staff_end_sessions(staff, owner):
    sessions = [services.start_session(user=owner)[0] for _ in range(3)]
    form = {"action": "end", "_selected_action": [session.pk for session in sessions[:2]]}
    response = staff.post(url("session", "changelist"), form, follow=True)
    assert "Ended: 2." in response.content.decode()
    assert Session.objects.live().get() == sessions[2]


def test_a_session_is_read_only(staff, owner):
    session, _ = services.start_session(user=owner, user_agent="curl/8")
    page = staff.get(url("session", "change", session.pk)).content.decode()
    assert "curl/8" in page
    assert staff.get(url("session", "add")).status_code == 403
    assert staff.get(url("session", "delete", session.pk)).status_code == 403
    staff.post(url("session", "change", session.pk), {"user_agent": "other"})
    session.refresh_from_db()
    assert session.user_agent == "curl/8"


def test_the_list_of_sessions_costs_the_same_for_any_number(staff, django_assert_num_queries):
    def start(count):
        for _ in range(count):
            services.start_session(user=UserFactory())

    start(1)
    # Django's session, the member of staff, a count and the rows with their users.
    with django_assert_num_queries(4):
        staff.get(url("session", "changelist"))
    start(10)
    with django_assert_num_queries(4):
        staff.get(url("session", "changelist"))


def test_no_page_shows_tokens():
    assert not admin.site.is_registered(OutstandingToken)
    assert not admin.site.is_registered(BlacklistedToken)


def test_a_password_set_by_staff_ends_every_session(staff, owner):
    other, _ = services.start_session(user=UserFactory())
    services.start_session(user=owner)
    form = {"usable_password": "true", "password1": PASSWORD[::-1], "password2": PASSWORD[::-1]}
    path = reverse("admin:auth_user_password_change", args=[owner.pk])
    assert staff.post(path, form).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD[::-1])
    assert Session.objects.live().get() == other


def test_switching_a_user_off_and_on_revives_nothing(staff, owner):
    services.start_session(user=owner)
    form = {"email": owner.email, "timezone": "UTC"}
    staff.post(url("user", "change", owner.pk), form)
    staff.post(url("user", "change", owner.pk), {**form, "is_active": "on"})
    owner.refresh_from_db()
    assert owner.is_active
    assert not Session.objects.live().exists()


def test_another_change_leaves_the_sessions(staff, owner):
    services.start_session(user=owner)
    form = {"email": owner.email, "timezone": "Europe/Paris", "is_active": "on"}
    assert staff.post(url("user", "change", owner.pk), form).status_code == 302
    assert Session.objects.live().exists()
