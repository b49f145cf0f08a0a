from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from rest_framework import exceptions

from accounts import services
from accounts.models import User
from accounts.tests.bodies import errors_in
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.threads import at_once

URL = "/api/auth/register"
REFUSALS = (ValidationError, exceptions.ValidationError)
ADA = {"username": "Ada.Lovelace", "email": "Ada@Example.org", "password": PASSWORD}


def test_registering_signs_in(api):
    response = api().post(URL, {**ADA, "timezone": "Europe/London"})

    user = User.objects.get()
    assert response.status_code == 201
    body = response.json()
    assert body.pop("access")
    assert body.pop("refresh")
    assert body == {
        "token_type": "Bearer",
        "expires_in": 600,
        "user": {
            "id": str(user.pk),
            "username": "Ada.Lovelace",
            "email": "Ada@example.org",  # only the host of an address has no case
            "timezone": "Europe/London",
            "first_name": "",
            "last_name": "",
            "date_joined": user.date_joined.isoformat().replace("+00:00", "Z"),
        },
    }
    assert "no-store" in response["Cache-Control"]


def test_the_access_token_of_a_new_account_works(api):
    client = api()
    access = client.post(URL, ADA).json()["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    assert client.get("/api/auth/me").json()["username"] == "Ada.Lovelace"


def test_the_time_zone_is_utc_if_none_is_given(api):
    assert api().post(URL, ADA).json()["user"]["timezone"] == "UTC"


def test_a_name_and_an_address_are_taken_in_any_case(api):
    UserFactory(username="ada.LOVELACE", email="ADA@example.ORG")
    assert errors_in(api().post(URL, ADA)) == {"username": {"taken"}, "email": {"taken"}}


def test_everything_that_is_wrong_is_named_at_once(api):
    UserFactory(username="ada.lovelace")
    assert errors_in(api().post(URL, {**ADA, "password": "1234567"})) == {
        "username": {"taken"},
        "password": {"password_too_short", "password_too_common", "password_entirely_numeric"},
    }


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("xk4-pq", "password_too_short"),
        ("trustno1", "password_too_common"),
        ("85201947362514", "password_entirely_numeric"),
        ("ada.lovelace1", "password_too_similar"),
        ("ada@example.org", "password_too_similar"),
        ("x-" * 65, "max_length"),
    ],
)
def test_a_weak_password_is_refused(api, password, code):
    assert code in errors_in(api().post(URL, {**ADA, "password": password}))["password"]


@pytest.mark.parametrize(
    "username",
    ["ab", "a" * 31, "with space", " ada", "ada\n", "adä", "ada@home", "a\0da", "", "\u212aate"],
)
def test_a_malformed_user_name_is_refused(api, username):
    assert errors_in(api().post(URL, {**ADA, "username": username})).keys() == {"username"}


@pytest.mark.parametrize("username", ["abc", "a" * 30, "A.b_c-9", "---"])
def test_a_well_formed_user_name_is_taken(api, username):
    assert api().post(URL, {**ADA, "username": username}).status_code == 201


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.org", "a" * 243 + "@example.org"])
def test_a_malformed_address_is_refused(api, email):
    assert errors_in(api().post(URL, {**ADA, "email": email})).keys() == {"email"}


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "+02:00", "localtime", "utc", ""])
def test_an_unknown_time_zone_is_refused(api, timezone):
    assert errors_in(api().post(URL, {**ADA, "timezone": timezone})).keys() == {"timezone"}


def test_what_is_missing_unknown_or_of_the_wrong_type_is_named(api):
    body = {"username": 17, "email": None, "is_staff": True}
    assert errors_in(api().post(URL, body)) == {
        "username": {"wrong_type"},
        "email": {"null"},
        "password": {"required"},
        "is_staff": {"unknown_field"},
    }


def test_query_parameters_are_unknown(api):
    assert errors_in(api().post(f"{URL}?next=/", ADA)) == {"next": {"unknown_parameter"}}


def test_a_form_is_not_taken(api):
    assert api().post(URL, ADA, format="multipart").status_code == 415


def test_the_constraint_has_the_last_word(api, monkeypatch):
    UserFactory(username="ada.lovelace")
    monkeypatch.setattr(services, "_check_new", lambda user, password: None)
    assert errors_in(api().post(URL, ADA)) == {"username": {"taken"}}


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_the_name():
    results = at_once(
        partial(services.register, username="ada", email="a@example.org", password=PASSWORD),
        partial(services.register, username="ADA", email="b@example.org", password=PASSWORD),
    )
    [user] = [result for result in results if isinstance(result, User)]
    # From the first look at what is taken, or from the constraint: as the race goes.
    [refusal] = [result for result in results if isinstance(result, REFUSALS)]
    assert User.objects.get() == user
    assert "This user name is taken." in str(refusal)


def test_the_password_is_kept_as_a_hash(api):
    api().post(URL, ADA)
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM accounts_user")
        assert PASSWORD not in cursor.fetchone()[0]


def test_a_staff_user_may_do_everything_in_the_admin(db):
    user = services.create_staff_user(username="admin", email="a@example.org", password=PASSWORD)
    user.refresh_from_db()
    assert user.is_staff
    assert user.is_superuser
    assert user.check_password(PASSWORD)
