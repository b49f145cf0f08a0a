from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import services
from accounts.models import Session
from accounts.refusals import TokenReused
from accounts.tests.bodies import code_of, errors_in
from accounts.tests.factories import UserFactory
from accounts.tests.forging import expired, forged, garbage
from accounts.tests.threads import at_once
from accounts.tokens import RefreshToken

URL = "/api/auth/refresh"


@pytest.fixture
def session(owner):
    return services.start_session(user=owner)[0]


@pytest.fixture
def token(session):
    return issue(session)


def issue(session) -> RefreshToken:
    token = RefreshToken.for_session(session)
    token.outstand()
    return token


def is_live(session) -> bool:
    return Session.objects.live().filter(pk=session.pk).exists()


def signed_in(client, access):
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client.get("/api/auth/me")


def test_a_refresh_token_gives_a_new_pair(api, owner, token):
    response = api().post(URL, {"refresh": str(token)})

    assert response.status_code == 200
    pair = response.json()
    assert pair.keys() == {"access", "refresh"}
    assert signed_in(api(), pair["access"]).json()["username"] == "owner"
    assert api().post(URL, {"refresh": pair["refresh"]}).status_code == 200


def test_a_used_token_is_blacklisted(api, token):
    api().post(URL, {"refresh": str(token)})
    assert BlacklistedToken.objects.get().token.jti == token["jti"]


def test_the_access_token_in_hand_goes_on_working(api, session, token):
    access = token.access_token
    api().post(URL, {"refresh": str(token)})
    assert signed_in(api(), access).status_code == 200


def test_a_refresh_is_a_use_of_the_session(api, session, token):
    long_ago = timezone.now() - timedelta(days=10)
    Session.objects.update(last_used_at=long_ago, expires_at=timezone.now() + timedelta(days=4))
    api().post(URL, {"refresh": str(token)})
    session.refresh_from_db()
    assert timezone.now() - session.last_used_at < timedelta(minutes=1)
    assert session.expires_at - timezone.now() > timedelta(days=13)


def test_a_second_use_ends_the_session_with_all_its_tokens(api, session, token):
    pair = api().post(URL, {"refresh": str(token)}).json()

    assert code_of(api().post(URL, {"refresh": str(token)})) == "token_reused"

    assert not is_live(session)
    assert code_of(signed_in(api(), pair["access"])) == "session_ended"
    assert code_of(api().post(URL, {"refresh": pair["refresh"]})) == "session_ended"


def test_a_second_use_leaves_other_sessions_alone(api, owner, token):
    other = api(owner)
    for _ in range(2):
        api().post(URL, {"refresh": str(token)})
    assert other.get("/api/auth/me").status_code == 200


def test_within_the_grace_a_second_use_is_only_refused(api, session, token, settings):
    settings.REFRESH_GRACE = 30
    api().post(URL, {"refresh": str(token)})
    assert code_of(api().post(URL, {"refresh": str(token)})) == "token_used"
    assert is_live(session)


def test_after_the_grace_a_second_use_ends_the_session(api, session, token, settings):
    settings.REFRESH_GRACE = 30
    api().post(URL, {"refresh": str(token)})
    BlacklistedToken.objects.update(blacklisted_at=timezone.now() - timedelta(seconds=31))
    assert code_of(api().post(URL, {"refresh": str(token)})) == "token_reused"
    assert not is_live(session)


@pytest.mark.django_db(transaction=True)
def test_of_two_parallel_refreshes_exactly_one_wins():
    session, token = services.start_session(user=UserFactory())
    refresh = partial(services.refresh, token=token)

    results = at_once(refresh, refresh)

    assert sorted(type(result).__name__ for result in results) == ["RefreshToken", "TokenReused"]
    assert OutstandingToken.objects.count() == 2
    assert not is_live(session), "The ending is committed although the refresh was refused."


@pytest.mark.django_db(transaction=True)
def test_a_parallel_logout_and_refresh_do_not_wait_for_each_other_for_ever():
    session, token = services.start_session(user=UserFactory())
    logout, refresh = partial(services.log_out, token=token), partial(services.refresh, token=token)
    assert at_once(logout, refresh)[0] is None
    assert not is_live(session)


def test_the_service_refuses_a_second_use_too(token):
    services.refresh(token=token)
    with pytest.raises(TokenReused):
        services.refresh(token=token)


def test_an_expired_token_is_refused(api, token):
    assert code_of(api().post(URL, {"refresh": expired(token)})) == "token_expired"


def test_an_access_token_is_refused(api, token):
    assert code_of(api().post(URL, {"refresh": str(token.access_token)})) == "token_invalid"


def test_garbage_is_refused(api, token):
    for fault, text in garbage(token).items():
        code = code_of(api().post(URL, {"refresh": text}))
        assert code == ("session_ended" if fault == "unknown session" else "token_invalid"), fault


def test_a_token_that_was_never_issued_is_refused_without_further_ado(api, session, token):
    assert code_of(api().post(URL, {"refresh": forged(token, jti="1" * 32)})) == "token_invalid"
    assert is_live(session)


def test_a_token_for_somebody_else_s_session_is_refused(api, stranger, token):
    forgery = forged(token, sub=str(stranger.pk))
    assert code_of(api().post(URL, {"refresh": forgery})) == "session_ended"


def test_a_deactivated_user_cannot_refresh(api, owner, token):
    owner.is_active = False
    owner.save()
    assert code_of(api().post(URL, {"refresh": str(token)})) == "session_ended"


def test_a_deleted_user_cannot_refresh(api, owner, token):
    owner.delete()
    assert code_of(api().post(URL, {"refresh": str(token)})) == "session_ended"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"refresh": None}, "null"),
        ({"refresh": 1}, "wrong_type"),
        ({"refresh": ""}, "blank"),
    ],
)
def test_a_malformed_body_is_refused_by_name(api, db, body, code):
    assert errors_in(api().post(URL, body)) == {"refresh": {code}}
