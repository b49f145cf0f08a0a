import copy

import pytest

from accounts import services
from accounts.tests.factories import PASSWORD, UserFactory

REGISTER, LOGIN, REFRESH = (f"/api/auth/{name}" for name in ["register", "login", "refresh"])


@pytest.fixture
def rate(settings):
    """`rate("login", "2/min")` for one test."""

    def set_rate(scope, value):
        changed = copy.deepcopy(settings.REST_FRAMEWORK)
        changed["DEFAULT_THROTTLE_RATES"][scope] = value
        settings.REST_FRAMEWORK = changed

    return set_rate


def assert_throttled(response):
    assert response.status_code == 429
    assert response.json()["code"] == "throttled"
    assert 1 <= int(response["Retry-After"]) <= 60


def login(client, username="nobody", address="203.0.113.1"):
    body = {"username": username, "password": "wrong"}
    return client.post(LOGIN, body, REMOTE_ADDR=address)


def test_registering_is_throttled_by_address(api, rate):
    rate("register", "1/min")
    bodies = [
        {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        for name in ["one", "two", "three"]
    ]
    assert api().post(REGISTER, bodies[0]).status_code == 201
    assert_throttled(api().post(REGISTER, bodies[1]))
    assert api().post(REGISTER, bodies[2], REMOTE_ADDR="203.0.113.2").status_code == 201


def test_logging_in_is_throttled_by_address(api, rate):
    rate("login", "2/min")
    assert [login(api(), name).status_code for name in ["one", "two"]] == [401, 401]
    assert_throttled(login(api(), "three"))
    assert login(api(), "three", address="203.0.113.2").status_code == 401


def test_logging_in_is_throttled_by_account_in_any_case(api, rate):
    rate("login", "2/min")
    assert login(api(), "Ada", address="203.0.113.1").status_code == 401
    assert login(api(), "ada", address="203.0.113.2").status_code == 401
    assert_throttled(login(api(), "ADA", address="203.0.113.3"))
    assert login(api(), "bob", address="203.0.113.3").status_code == 401


def test_the_name_and_the_address_of_an_account_count_together(api, rate):
    rate("login", "2/min")
    UserFactory(username="ada", email="ada@example.org")
    assert login(api(), "ada", address="203.0.113.1").status_code == 401
    assert login(api(), "Ada@Example.org", address="203.0.113.2").status_code == 401
    assert_throttled(login(api(), "ada", address="203.0.113.3"))


PAGES = ["/api-auth/login/", "/admin/login/"]


def login_on_page(client, path, username="nobody", address="203.0.113.1"):
    form = {"username": username, "password": "wrong"}
    return client.post(path, form, REMOTE_ADDR=address, headers={"Accept": "text/html"})


@pytest.mark.parametrize("path", PAGES)
def test_a_login_page_is_throttled_by_address(client, db, rate, path):
    rate("login", "1/min")
    assert login_on_page(client, path, "one").status_code == 200
    response = login_on_page(client, path, "two")
    assert (response.status_code, response["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert login_on_page(client, path, "two", address="203.0.113.2").status_code == 200
    assert client.get(path, REMOTE_ADDR="203.0.113.1", follow=True).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_tries_at_a_login_page_and_at_the_api_count_together(client, api, rate, path):
    rate("login", "1/min")
    assert login(api(), "ada", address="203.0.113.1").status_code == 401
    assert login_on_page(client, path, "ada", address="203.0.113.2").status_code == 429


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "nonsense"])
def test_a_login_page_takes_forms_alone(client, db, path, media_type):
    response = client.post(path, b'{"username": "ada"}', content_type=media_type)
    assert response.status_code == 200
    assert "This field is required." in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_login_page_has_room_for_an_address_and_a_pass_phrase(client, db, path):
    page = client.get(path, follow=True).content.decode()
    assert 'maxlength="254"' in page
    assert 'maxlength="128"' in page
    assert page.count("maxlength") == 2


def test_somebody_else_s_header_does_not_count_as_an_address(api, rate):
    rate("login", "1/min")
    login(api(), "one")
    body = {"username": "two", "password": "wrong"}
    spoofed = {"X-Forwarded-For": "198.51.100.7"}
    assert_throttled(api().post(LOGIN, body, headers=spoofed, REMOTE_ADDR="203.0.113.1"))


def test_refreshing_is_throttled_by_address(api, rate, db):
    rate("refresh", "1/min")
    assert api().post(REFRESH, {"refresh": "x"}).status_code == 401
    assert_throttled(api().post(REFRESH, {"refresh": "x"}))


def test_refreshing_is_throttled_by_account(api, rate):
    rate("refresh", "1/min")
    user = UserFactory()
    first, second = (str(services.start_session(user=user)[1]) for _ in range(2))
    assert api().post(REFRESH, {"refresh": first}).status_code == 200
    assert_throttled(api().post(REFRESH, {"refresh": second}, REMOTE_ADDR="203.0.113.2"))


@pytest.mark.parametrize("url", [LOGIN, REFRESH])
@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b'{"username": 1, "refresh": []}', b"\xff"])
def test_a_malformed_body_is_no_trouble(api, db, url, body):
    assert api().post(url, body, content_type="application/json").status_code == 400


def test_none_switches_a_throttle_off(api, rate, db):
    rate("login", "none")
    assert {login(api()).status_code for _ in range(40)} == {401}
