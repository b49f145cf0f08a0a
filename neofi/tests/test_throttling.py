import copy

import pytest

from neofi.throttling import AddressThrottle, UserThrottle


@pytest.fixture
def user_rate(settings):
    def set_rate(value):
        changed = copy.deepcopy(settings.REST_FRAMEWORK)
        changed["DEFAULT_THROTTLE_RATES"]["user"] = value
        settings.REST_FRAMEWORK = changed

    return set_rate


def test_by_default_nobody_is_throttled(api, owner):
    client = api(owner)
    assert {client.get("/api/events").status_code for _ in range(30)} == {200}


def test_a_user_is_throttled_over_all_endpoints(api, owner, editor, user_rate):
    user_rate("2/min")
    client = api(owner)
    assert client.get("/api/events").status_code == 200
    assert client.get("/api/auth/me").status_code == 200
    response = client.get("/api/events")
    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert api(editor).get("/api/events").status_code == 200


def test_a_second_session_of_a_user_is_the_same_user(api, owner, user_rate):
    user_rate("1/min")
    assert api(owner).get("/api/events").status_code == 200
    assert api(owner).get("/api/events").status_code == 429


def test_keys_show_nothing_of_what_they_count():
    key = UserThrottle().key_for("ada@example.org")
    assert "ada" not in key
    assert key.startswith("throttle:user:")


def test_two_throttles_of_one_scope_count_apart(settings):
    class One(AddressThrottle):
        scope = "login"

    class Other(AddressThrottle):
        scope = "login"

    assert One().key_for("x") != Other().key_for("x")


def allowed(throttle_class, request, at: float) -> bool:
    throttle = throttle_class()
    throttle.timer = lambda: at
    return throttle.allow_request(request, None)


def test_a_whole_window_may_come_at_once_and_then_one_by_one(owner, rf, user_rate):
    user_rate("3/min")
    request = rf.get("/")
    request.user = owner
    assert [allowed(UserThrottle, request, 1000.0) for _ in range(4)] == [True, True, True, False]
    assert not allowed(UserThrottle, request, 1019.0)
    assert allowed(UserThrottle, request, 1020.5)
    assert not allowed(UserThrottle, request, 1021.0)
    assert [allowed(UserThrottle, request, 2000.0) for _ in range(4)] == [True, True, True, False]


def test_a_rate_of_nothing_lets_nobody_pass(api, owner, user_rate):
    user_rate("0/min")
    response = api(owner).get("/api/auth/me")
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1
