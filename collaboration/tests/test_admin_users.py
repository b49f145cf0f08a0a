"""The staff's list of users, and a user's page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from accounts import services
from accounts.models import Session, User
from accounts.tests.factories import PASSWORD, UserFactory
from collaboration.admin import user_counts
from collaboration.tests.staff import signed_in, superuser, text_of, url, with_permissions
from events.services import writing
from events.tests.factories import EventFactory, shared


@pytest.fixture
def staff(db):
    return signed_in(superuser())


def row_of(staff, username: str, **asked) -> list[str]:
    """The cells of somebody in the list, as the admin's changelist has them."""
    response = staff.get(url("user", "changelist"), asked)
    model_admin = response.context["cl"].model_admin
    user = next(u for u in response.context["cl"].result_list if u.username == username)
    return [str(getattr(model_admin, name)(user)) for name in ("owned", "shared", "sessions")]


def found(staff, **asked) -> list[str]:
    response = staff.get(url("user", "changelist"), asked)
    return [user.username for user in response.context["cl"].result_list]


@pytest.mark.parametrize("name", ["admin", "Admin@example.com"])
def test_staff_sign_in_by_name_or_address(client, db, name):
    superuser()
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
        ("email", "ADMIN@EXAMPLE.COM", "This e-mail address is taken."),
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("AD", ["ada", "adele", "admin"]),
        (" ada ", ["ada"]),
        ("Ada@Example.ORG", ["ada"]),
        ("example.org", []),
        ("da", []),
        ("a_", []),
        ("%", []),
        ("a@b@c", []),
    ],
)
def test_the_search_is_for_how_a_name_begins_or_a_whole_address(staff, text, names):
    for name in ("ada", "adele", "bob"):
        UserFactory(username=name)
    assert found(staff, q=text) == names


def test_the_search_is_for_an_id_too(staff):
    ada = UserFactory(username="ada")
    assert found(staff, q=str(ada.pk)) == ["ada"]


@pytest.mark.parametrize(
    ("text", "index"),
    [("Ad", "user_username_"), ("ada@example.org", "user_email_unique")],
)
def test_the_search_is_by_an_index(db, text, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table of a test is too small
        cursor.execute("SET LOCAL enable_sort = off")
    # Where texts are ordered by their bytes, either index of the name knows a prefix.
    assert index in User.objects.found_by(text).explain()


def test_the_fields_that_complete_a_name_search_in_the_same_way(staff):
    UserFactory(username="ada")
    asked = {"app_label": "events", "model_name": "grant", "field_name": "user", "term": "AD"}
    results = staff.get("/admin/autocomplete/", asked).json()["results"]
    assert [result["text"] for result in results] == ["ada", "admin"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"is_active__exact": "0"}, ["off"]),
        ({"is_staff__exact": "1"}, ["admin"]),
        ({"signed_in": "never"}, ["new", "off"]),
        ({"signed_in": "once"}, ["admin"]),
        ({"signed_in": "nonsense"}, ["admin", "new", "off"]),
    ],
)
def test_the_list_is_filtered(staff, asked, names):
    UserFactory(username="off", is_active=False)
    UserFactory(username="new")
    assert found(staff, **asked) == names


def test_the_list_counts_what_people_have(staff, owner, editor):
    event = shared(EventFactory(by=owner), {editor: "editor"})
    writing.delete_event(EventFactory(by=owner).pk, by=owner)
    services.start_session(user=owner)
    for over in ({"ended_at": now()}, {"expires_at": now() - timedelta(days=1)}):
        session, _ = services.start_session(user=owner)
        Session.objects.filter(pk=session.pk).update(**over)
    owned, shared_with, sessions = row_of(staff, "owner")
    assert f'href="/admin/events/event/?owner={owner.pk}">2</a>' in owned
    assert shared_with == "0"
    path = url("session", "changelist")
    assert f'href="{path}?user__id__exact={owner.pk}&amp;state=open">1</a>' in sessions
    assert row_of(staff, "editor")[1] == "1"
    writing.delete_event(event.pk, by=owner)
    assert row_of(staff, "editor")[1] == "0"


def test_each_count_leads_to_as_many_rows(staff, owner):
    EventFactory(by=owner)
    writing.delete_event(EventFactory(by=owner).pk, by=owner)
    services.start_session(user=owner)
    for path, count in (
        (f"/admin/events/event/?owner={owner.pk}", 2),
        (f"{url('session', 'changelist')}?user__id__exact={owner.pk}&state=open", 1),
    ):
        assert staff.get(path).context["cl"].result_count == count


def test_a_count_is_bounded(staff, owner, monkeypatch):
    monkeypatch.setattr(user_counts, "MOST", 2)
    for _ in range(4):
        EventFactory(by=owner)
    assert ">2+<" in row_of(staff, "owner")[0]


def test_the_list_costs_the_same_for_any_number(staff, owner, django_assert_num_queries):
    # Django's session, the member of staff, a count, the rows, and the numbers of these.
    with django_assert_num_queries(5):
        staff.get(url("user", "changelist"))
    for _ in range(10):
        shared(EventFactory(by=owner), {UserFactory(): "viewer"})
        services.start_session(user=UserFactory())
    with django_assert_num_queries(5):
        staff.get(url("user", "changelist"))


def test_a_page_without_people_counts_nothing(staff):
    with CaptureQueriesContext(connection) as queries:
        assert found(staff, q="nobody") == []
    assert "CARDINALITY" not in str(queries.captured_queries)


@pytest.mark.parametrize("asked", [{}, {"o": "5"}, {"o": "-5"}, {"is_active__exact": "1"}])
def test_the_list_can_be_ordered_and_filtered(staff, asked):
    assert staff.get(url("user", "changelist"), asked).status_code == 200


def test_somebody_s_page_has_their_numbers(staff, owner):
    EventFactory(by=owner)
    services.note_failed_login(name="owner")
    page = staff.get(url("user", "change", owner.pk)).content.decode()
    assert f'href="/admin/events/event/?owner={owner.pk}">1</a>' in page
    assert f'{url("failedlogin", "changelist")}?user__id__exact={owner.pk}">1</a>' in page


def test_a_user_name_never_changes_nor_does_a_form_switch_anybody_off(staff):
    ada = UserFactory(username="ada")
    form = {"email": "new@example.org", "timezone": "UTC", "username": "other"}
    assert staff.post(url("user", "change", ada.pk), form).status_code == 302
    ada.refresh_from_db()
    assert (ada.username, ada.email, ada.is_active) == ("ada", "new@example.org", True)


def test_a_password_set_by_staff_ends_every_session(staff, owner):
    other, _ = services.start_session(user=UserFactory())
    services.start_session(user=owner)
    form = {"usable_password": "true", "password1": PASSWORD[::-1], "password2": PASSWORD[::-1]}
    path = reverse("admin:auth_user_password_change", args=[owner.pk])
    assert staff.post(path, form).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD[::-1])
    assert Session.objects.live().get() == other


def test_another_change_leaves_the_sessions(staff, owner):
    services.start_session(user=owner)
    form = {"email": owner.email, "timezone": "Europe/Paris"}
    assert staff.post(url("user", "change", owner.pk), form).status_code == 302
    assert Session.objects.live().exists()


def test_who_is_no_superuser_raises_nobody(owner):
    helper = signed_in(with_permissions("view_user", "change_user"))
    form = {"email": owner.email, "timezone": "UTC", "is_staff": "on", "is_superuser": "on"}
    every = [*Permission.objects.values_list("pk", flat=True)]
    path = url("user", "change", owner.pk)
    assert helper.post(path, {**form, "user_permissions": every}).status_code == 302
    owner.refresh_from_db()
    assert (owner.is_staff, owner.is_superuser) == (False, False)
    assert not owner.user_permissions.exists()


def test_who_is_no_superuser_changes_none(staff):
    helper = signed_in(with_permissions("view_user", "change_user"))
    admin = staff.user
    form = {"email": "mine@example.org", "timezone": "UTC"}
    assert helper.post(url("user", "change", admin.pk), form).status_code == 403
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    path = reverse("admin:auth_user_password_change", args=[admin.pk])
    assert helper.post(path, passwords).status_code == 403
    page = text_of(helper.get(url("user", "change", admin.pk)))
    assert "Deactivate" not in page
