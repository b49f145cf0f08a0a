import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import services
from accounts.models import Session
from accounts.tests.bodies import code_of, errors_in
from accounts.tests.forging import expired, garbage

URL = "/api/auth/logout"


@pytest.fixture
def token(owner):
    return services.start_session(user=owner)[1]


def has_ended(token) -> bool:
    return Session.objects.get(pk=token.session_id).ended_at is not None


def test_logging_out_ends_the_session_at_once(api, token):
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.access_token}")
    response = api().post(URL, {"refresh": str(token)})

    assert response.status_code == 204
    assert response.content == b""
    assert code_of(client.get("/api/auth/me")) == "session_ended"
    assert code_of(api().post("/api/auth/refresh", {"refresh": str(token)})) == "session_ended"
    assert BlacklistedToken.objects.get().token.jti == token["jti"]


def test_other_sessions_go_on(api, owner, token):
    other = api(owner)
    api().post(URL, {"refresh": str(token)})
    assert other.get("/api/auth/me").status_code == 200


def test_logging_out_twice_changes_nothing(api, token):
    api().post(URL, {"refresh": str(token)})
    ended_at = Session.objects.get().ended_at
    assert api().post(URL, {"refresh": str(token)}).status_code == 204
    assert Session.objects.get().ended_at == ended_at


def test_an_expired_token_ends_its_session(api, token):
    assert api().post(URL, {"refresh": expired(token)}).status_code == 204
    assert has_ended(token)


def test_a_used_token_ends_its_session(api, token):
    services.refresh(token=token)
    assert api().post(URL, {"refresh": str(token)}).status_code == 204
    assert has_ended(token)


def test_a_token_whose_record_was_cleaned_up_ends_its_session(api, token):
    OutstandingToken.objects.all().delete()
    assert api().post(URL, {"refresh": str(token)}).status_code == 204
    assert has_ended(token)


def test_a_token_of_a_deleted_user_is_no_error(api, owner, token):
    owner.delete()
    assert api().post(URL, {"refresh": str(token)}).status_code == 204


def test_an_access_token_does_not_log_out(api, token):
    response = api().post(URL, {"refresh": str(token.access_token)})
    assert errors_in(response) == {"refresh": {"token_invalid"}}
    assert not has_ended(token)


def test_garbage_is_refused(api, token):
    for fault, text in garbage(token).items():
        response = api().post(URL, {"refresh": text})
        if fault == "unknown session":  # genuine, and as ended as can be
            assert response.status_code == 204
        else:
            assert errors_in(response) == {"refresh": {"token_invalid"}}, fault
    assert not has_ended(token)


def test_a_body_without_a_token_is_refused(api, db):
    assert errors_in(api().post(URL, {})) == {"refresh": {"required"}}
