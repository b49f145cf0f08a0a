import pytest

from accounts import services
from accounts.models import Session
from accounts.tests.bodies import code_of
from accounts.tests.forging import expired, forged, garbage
from accounts.tokens import AccessToken

URL = "/api/auth/me"


@pytest.fixture
def session(owner):
    return services.start_session(user=owner)[0]


@pytest.fixture
def token(session):
    return AccessToken.for_session(session)


def get(client, authorization: str):
    return client.get(URL, HTTP_AUTHORIZATION=authorization)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_an_access_token_opens_the_door(client, token, scheme):
    assert get(client, f"{scheme} {token}").json()["username"] == "owner"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "not_authenticated"),
        ("Basic b3duZXI6eA==", "not_authenticated"),
        ("Token {token}", "not_authenticated"),
        ("{token}", "not_authenticated"),
        ("\xff\xfe", "not_authenticated"),
        ("Bearer", "token_invalid"),
        ("Bearer \xff\xfe", "token_invalid"),
        ("Bearer \0", "token_invalid"),
        ("Bearer {token} more", "token_invalid"),
        ("Bearer a b c", "token_invalid"),
    ],
)
def test_another_header_does_not(client, token, header, code):
    assert code_of(get(client, header.format(token=token))) == code


def test_garbage_does_not(client, token):
    for fault, text in garbage(token).items():
        code = code_of(get(client, f"Bearer {text}"))
        assert code == ("session_ended" if fault == "unknown session" else "token_invalid"), fault


def test_the_refusal_is_short(client, token):
    assert get(client, "Bearer x").json() == {
        "type": "urn:neofi:problem:token_invalid",
        "title": "Unauthorized",
        "status": 401,
        "detail": "This is no token of the kind that is needed here.",
        "code": "token_invalid",
    }


def test_an_expired_token_does_not(client, token):
    assert code_of(get(client, f"Bearer {expired(token)}")) == "token_expired"


def test_a_refresh_token_does_not(client, owner):
    _, refresh = services.start_session(user=owner)
    assert code_of(get(client, f"Bearer {refresh}")) == "token_invalid"


def test_the_token_of_an_ended_session_does_not(client, session, token):
    services.end_session(session_id=session.pk)
    assert code_of(get(client, f"Bearer {token}")) == "session_ended"


def test_the_token_of_a_session_that_has_run_out_does_not(client, session, token):
    Session.objects.update(expires_at=session.created_at)
    assert code_of(get(client, f"Bearer {token}")) == "session_ended"


def test_the_token_of_a_deleted_user_does_not(client, owner, token):
    owner.delete()
    assert code_of(get(client, f"Bearer {token}")) == "session_ended"


def test_the_token_of_a_deactivated_user_does_not(client, owner, token):
    owner.is_active = False
    owner.save()
    assert code_of(get(client, f"Bearer {token}")) == "session_ended"


def test_a_token_for_somebody_else_s_session_does_not(client, stranger, token):
    forgery = forged(token, sub=str(stranger.pk))
    assert code_of(get(client, f"Bearer {forgery}")) == "session_ended"


def test_the_access_log_names_the_user(client, owner, token, caplog):
    with caplog.at_level("INFO", logger="neofi.access"):
        get(client, f"Bearer {token}")
    assert f"user={owner.pk}" in caplog.text


def test_the_browsable_api_s_session_opens_the_door_too(client, owner):
    client.force_login(owner)
    assert client.get(URL).json()["username"] == "owner"
