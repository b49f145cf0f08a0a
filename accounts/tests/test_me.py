import pytest

from accounts import services
from accounts.tests.bodies import code_of, errors_in

URL = "/api/auth/me"


def test_one_reads_one_s_own_profile(api, owner):
    response = api(owner).get(URL)
    assert response.status_code == 200
    assert response.json() == {
        "id": str(owner.pk),
        "username": "owner",
        "email": "owner@example.org",
        "timezone": "UTC",
        "first_name": "",
        "last_name": "",
        "date_joined": owner.date_joined.isoformat().replace("+00:00", "Z"),
    }


def test_reading_costs_one_query(api, owner, django_assert_num_queries):
    client = api(owner)
    with django_assert_num_queries(1):  # the session with its user
        client.get(URL)


def test_one_changes_what_is_given(api, owner):
    client = api(owner)
    client.patch(URL, {"first_name": "Ada", "last_name": "Lovelace"})
    response = client.patch(URL, {"timezone": "Europe/Paris", "first_name": ""})

    assert response.status_code == 200
    owner.refresh_from_db()
    assert (owner.timezone, owner.first_name, owner.last_name) == ("Europe/Paris", "", "Lovelace")
    assert response.json() == client.get(URL).json()


def test_changing_costs_two_queries(api, owner, django_assert_num_queries):
    client = api(owner)
    # The session with its user, a savepoint of the test's own transaction around the update.
    with django_assert_num_queries(4):
        client.patch(URL, {"timezone": "Europe/Paris"})


def test_a_profile_can_be_sent_back_as_it_came(api, owner):
    client = api(owner)
    profile = client.get(URL).json()
    assert client.patch(URL, {**profile, "username": "other"}).json() == profile


def test_nothing_to_change_changes_nothing(api, owner):
    client = api(owner)
    assert client.patch(URL, {}).json() == client.get(URL).json()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"timezone": "Mars/Olympus"}, {"timezone": {"unknown_timezone"}}),
        ({"timezone": None, "last_name": 7}, {"timezone": {"null"}, "last_name": {"wrong_type"}}),
        ({"first_name": "x" * 151}, {"first_name": {"max_length"}}),
        ({"first_name": "\0"}, {"first_name": {"null_characters_not_allowed"}}),
        ({"is_staff": True}, {"is_staff": {"unknown_field"}}),
        ({"password": "x"}, {"password": {"unknown_field"}}),
        ([], {None: {"invalid"}}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(api, owner, body, errors):
    assert errors_in(api(owner).patch(URL, body)) == errors
    owner.refresh_from_db()
    assert (owner.timezone, owner.first_name, owner.is_staff) == ("UTC", "", False)


def test_the_service_checks_for_itself(owner):
    with pytest.raises(services.ValidationError) as refusal:
        services.update_profile(user=owner, timezone="Mars/Olympus")
    assert refusal.value.message_dict.keys() == {"timezone"}


def test_query_parameters_are_unknown(api, owner):
    assert errors_in(api(owner).get(f"{URL}?fields=id")) == {"fields": {"unknown_parameter"}}


@pytest.mark.parametrize("method", ["get", "patch"])
def test_who_is_not_signed_in_is_told_so_first(api, method):
    response = getattr(api(), method)(f"{URL}?no=such", {"no": "such"})
    assert code_of(response) == "not_authenticated"


@pytest.mark.parametrize("method", ["put", "post", "delete"])
def test_nothing_else_can_be_done_with_a_profile(api, owner, method):
    assert getattr(api(owner), method)(URL).status_code == 405
