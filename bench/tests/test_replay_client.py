"""How the replay's client stays signed in and waits, against a server of a few lines."""

import httpx
import pytest

from bench.replaying.client import Account, Api, UnexpectedAnswer


class Server:
    """Answers from a list, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def __call__(self, request):
        self.asked.append((request.url.path, request.headers.get("Authorization")))
        return self.answers.pop(0)


def tokens(name, expires_in=600):
    body = {"access": f"access-{name}", "refresh": f"refresh-{name}"}
    return httpx.Response(200, json={**body, "expires_in": expires_in})


OK = httpx.Response(200, json={"id": "1"})
UNAUTHORIZED = httpx.Response(401, json={})


@pytest.fixture
def account():
    account = Account("ada")
    account.take_tokens({"access": "access-0", "refresh": "refresh-0", "expires_in": 600})
    return account


def api_of(server, said=None):
    say = said.append if said is not None else print
    return Api("http://server", say, transport=httpx.MockTransport(server))


def test_a_401_is_answered_by_a_refresh_and_a_second_try(account):
    server = Server(UNAUTHORIZED, tokens("1"), OK)

    assert api_of(server).call(account, "event", "GET", "/api/events/1") == {"id": "1"}
    assert server.asked == [
        ("/api/events/1", "Bearer access-0"),
        ("/api/auth/refresh", None),
        ("/api/events/1", "Bearer access-1"),
    ]


def test_a_refused_refresh_is_answered_by_a_login(account):
    server = Server(UNAUTHORIZED, UNAUTHORIZED, tokens("1"), OK)

    api_of(server).call(account, "event", "GET", "/api/events/1")

    assert [path for path, _ in server.asked][1:3] == ["/api/auth/refresh", "/api/auth/login"]


def test_a_token_is_renewed_before_it_expires(account):
    account.stale_at = 0.0
    server = Server(tokens("1"), OK)

    api_of(server).call(account, "event", "GET", "/api/events/1")

    assert server.asked[-1] == ("/api/events/1", "Bearer access-1")
    assert len(server.asked) == 2


def test_a_second_401_ends_it(account):
    server = Server(UNAUTHORIZED, tokens("1"), UNAUTHORIZED)

    with pytest.raises(UnexpectedAnswer, match="expected 200, got 401"):
        api_of(server).call(account, "event", "GET", "/api/events/1")


def test_a_throttled_request_waits_as_asked_and_says_so(account):
    said = []
    server = Server(httpx.Response(429, headers={"Retry-After": "0"}), OK)
    api = api_of(server, said)

    assert api.call(account, "event", "GET", "/api/events/1") == {"id": "1"}
    assert said == ["throttled (event): waiting 0 s, as the server asks"]
    assert api.requests["event"] == 2


def test_pages_are_followed_to_the_end(account):
    server = Server(
        httpx.Response(200, json={"results": [1, 2], "next": "http://server/api/events?cursor=b"}),
        httpx.Response(200, json={"results": [3], "next": None}),
    )

    assert list(api_of(server).pages(account, "history", "/api/events")) == [1, 2, 3]


def test_pages_that_go_round_are_not_followed_for_ever(account):
    page = {"results": [1], "next": "http://server/api/events?cursor=a"}
    server = Server(*[httpx.Response(200, json=page) for _ in range(3)])

    with pytest.raises(UnexpectedAnswer, match="in a circle"):
        list(api_of(server).pages(account, "history", "/api/events"))
