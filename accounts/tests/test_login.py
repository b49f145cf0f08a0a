import ormsgpack
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.models import Session
from accounts.tests.bodies import code_of, errors_in
from accounts.tests.factories import PASSWORD, UserFactory

URL = "/api/auth/login"


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", email="ada@example.org")


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", "Ada@Example.ORG"])
def test_one_signs_in_by_name_or_address_in_any_case(api, ada, name):
    response = api().post(URL, {"username": name, "password": PASSWORD})
    assert response.status_code == 200
    assert response.json().keys() == {"access", "refresh", "token_type", "expires_in", "user"}
    assert response.json()["user"]["id"] == str(ada.pk)


def test_a_form_may_be_sent(api, ada):
    body = f"username=ada&password={PASSWORD}"
    response = api().post(URL, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200


def test_messagepack_may_be_sent_and_asked_for(api, ada):
    body = ormsgpack.packb({"username": "ada", "password": PASSWORD})
    mime = "application/msgpack"
    response = api().post(URL, body, content_type=mime, headers={"Accept": mime})
    assert ormsgpack.unpackb(response.content)["user"]["username"] == "ada"


def test_a_login_makes_a_session(api, ada):
    agent = "Mozilla/5.0 " + "x" * 400
    body = {"username": "ada", "password": PASSWORD}
    api().post(URL, body, headers={"User-Agent": agent}, REMOTE_ADDR="203.0.113.9")

    session = Session.objects.live().get(user=ada)
    assert session.address == "203.0.113.9"
    assert session.user_agent == agent[:300]
    assert str(session).startswith("Mozilla/5.0")
    ada.refresh_from_db()
    assert ada.last_login is not None


def test_a_client_without_name_and_address_may_sign_in(api, ada):
    api().post(URL, {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="")
    session = Session.objects.get()
    assert (session.user_agent, session.address) == ("", None)


def test_a_nul_in_the_user_agent_is_left_out(api, ada):
    body = {"username": "ada", "password": PASSWORD}
    api().post(URL, body, HTTP_USER_AGENT="curl\0/8")
    assert Session.objects.get().user_agent == "curl/8"


def test_the_refusal_is_the_same_whatever_was_wrong(api, ada):
    UserFactory(username="gone", is_active=False)
    unknown, wrong, inactive = (
        api().post(URL, body)
        for body in [
            {"username": "nobody", "password": PASSWORD},
            {"username": "ada", "password": "wrong"},
            {"username": "gone", "password": PASSWORD},
        ]
    )
    assert code_of(unknown) == "invalid_credentials"
    assert unknown.content == wrong.content == inactive.content


@pytest.mark.parametrize("name", ["nobody", "nobody@example.org", "ada", "gone", "no-password"])
def test_every_refusal_costs_one_hash(api, ada, monkeypatch, name):
    """Counted, not timed: the hash is what takes the time that would tell who has an account."""
    UserFactory(username="gone", is_active=False)
    UserFactory(username="no-password", password=None)
    hashed = []
    encode = MD5PasswordHasher.encode

    def counting(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    assert code_of(api().post(URL, {"username": name, "password": "wrong"}))
    assert len(hashed) == 1


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer", "\xff"])
def test_an_authorization_header_does_not_matter(api, ada, header):
    body = {"username": "ada", "password": PASSWORD}
    response = api().post(URL, body, headers={"Authorization": header})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"username": {"required"}, "password": {"required"}}),
        ({"username": "", "password": ""}, {"username": {"blank"}, "password": {"blank"}}),
        (
            {"username": "a" * 255, "password": "x" * 129},
            {"username": {"max_length"}, "password": {"max_length"}},
        ),
        (
            {"username": "a\0", "password": "b\0"},
            {
                "username": {"null_characters_not_allowed"},
                "password": {"null_characters_not_allowed"},
            },
        ),
        (
            {"username": "ada", "password": PASSWORD, "remember": True},
            {"remember": {"unknown_field"}},
        ),
        ([], {None: {"invalid"}}),
        ("ada", {None: {"invalid"}}),
    ],
)
def test_a_malformed_body_is_refused_by_name(api, ada, body, errors):
    assert errors_in(api().post(URL, body)) == errors


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b'{"username": "\\ud800"}'])
def test_a_body_that_is_no_json_is_refused(api, db, body):
    assert api().post(URL, body, content_type="application/json").status_code == 400


def test_a_media_type_that_is_not_taken_is_refused(api, db):
    assert api().post(URL, "<ada/>", content_type="application/xml").status_code == 415


def test_text_with_nul_never_reaches_the_database(ada, client):
    # The backend's other doors (admin, browsable API) have forms of their own.
    assert not client.login(username="ada\0", password=PASSWORD)
    assert not client.login(username="ada@example.org\0", password=PASSWORD)
    assert not client.login(username=None, password=PASSWORD)
