from datetime import timedelta
from io import StringIO

from django.contrib.sessions.models import Session as PageSession
from django.core.management import call_command
from django.utils.timezone import now
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import services
from accounts.models import Session
from neofi import rows

LONG_AGO, LATELY = now() - timedelta(days=31), now() - timedelta(days=29)


def session_of(user, **fields):
    session, token = services.start_session(user=user)
    Session.objects.filter(pk=session.pk).update(**fields)
    return session, token


def tidy():
    call_command("tidy", stdout=(output := StringIO()))
    return output.getvalue()


def test_sessions_that_are_long_over_go(owner):
    session_of(owner, expires_at=LONG_AGO)
    session_of(owner, ended_at=LONG_AGO)
    kept = [session_of(owner, **one)[0] for one in ({}, {"ended_at": LATELY})]
    assert "2 sessions" in tidy()
    assert set(Session.objects.all()) == set(kept)


def test_expired_tokens_go_used_or_not(owner):
    services.refresh(token=session_of(owner)[1])
    OutstandingToken.objects.update(expires_at=LATELY)
    _, kept = session_of(owner)
    assert "2 tokens" in tidy()
    assert OutstandingToken.objects.get().jti == kept["jti"]
    assert not BlacklistedToken.objects.exists()


def test_it_goes_on_until_nothing_is_left(owner, monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 2)
    for _ in range(5):
        session_of(owner, ended_at=LONG_AGO)
    tidy()
    assert not Session.objects.exists()


def test_expired_sessions_of_pages_go(db):
    PageSession.objects.create(session_key="a", session_data="", expire_date=LATELY)
    kept = PageSession.objects.create(
        session_key="b", session_data="", expire_date=now() + timedelta(days=1)
    )
    tidy()
    assert PageSession.objects.get() == kept
