"""The staff's lists of sessions and of tokens."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import services
from accounts.models import Session
from accounts.tests.factories import UserFactory
from collaboration.admin import sessions
from collaboration.tests.staff import (
    asked,
    do,
    signed_in,
    superuser,
    text_of,
    url,
    with_permissions,
)

LIST = "/admin/accounts/session/"
TOKENS = "/admin/token_blacklist/outstandingtoken/"


@pytest.fixture
def staff(db):
    return signed_in(superuser())


def session_of(user, **fields) -> Session:
    session, _ = services.start_session(user=user, user_agent="curl/8", address="192.0.2.7")
    Session.objects.filter(pk=session.pk).update(**fields)
    return session


def found(staff, **asked) -> list:
    return [row.pk for row in staff.get(LIST, asked).context["cl"].result_list]


def chosen(*rows) -> dict:
    return {"action": "end", "_selected_action": [str(row.pk) for row in rows]}


def test_the_list_shows_where_somebody_signed_in(staff, owner):
    services.start_session(user=owner, user_agent="Mozilla/5.0 " * 20, address="192.0.2.7")
    page = text_of(staff.get(LIST))
    assert f'href="{url("user", "change", owner.pk)}">owner</a>' in page
    assert "192.0.2.7" in page
    assert "Mozilla/5.0 Mozilla/5.0 Mozilla/5.0 Moz…" in page


def test_the_list_is_filtered_by_state_and_each_has_its_order(staff, owner):
    later, sooner = now() - timedelta(days=1), now() - timedelta(days=2)
    open_ones = [session_of(owner) for _ in range(2)]
    ended = [session_of(owner, ended_at=at) for at in (sooner, later)]
    over = [session_of(owner, expires_at=at) for at in (later, sooner)]
    assert found(staff, state="open") == [session.pk for session in reversed(open_ones)]
    assert found(staff, state="ended") == [session.pk for session in reversed(ended)]
    assert found(staff, state="run_out") == [session.pk for session in over]
    assert len(found(staff)) == len(found(staff, state="nonsense")) == 6


@pytest.mark.parametrize("how", ["id", "name", "address", "search"])
def test_the_list_is_filtered_by_person(staff, owner, editor, how):
    theirs = session_of(owner)
    session_of(editor)
    asked = {
        "id": {"user__id__exact": owner.pk},
        "name": {"user__id__exact": "Owner"},
        "address": {"user__id__exact": owner.email},
        "search": {"q": "owner"},
    }
    assert found(staff, **asked[how]) == [theirs.pk]


@pytest.mark.parametrize("text", ["nobody", "%", "own", "01890a5d-ac96-774b-bcce-b302099a8057"])
def test_of_somebody_who_is_not_there_is_nothing(staff, owner, text):
    session_of(owner)
    assert found(staff, user__id__exact=text) == []
    assert found(staff, q=text) == []


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "session_recent_idx"),
        ({"state": "open"}, "session_recent_idx"),
        ({"state": "ended"}, "session_ended_idx"),
        ({"state": "run_out"}, "session_expiry_idx"),
    ],
)
def test_each_order_is_that_of_an_index(staff, owner, asked, index):
    session_of(owner)
    session_of(owner, ended_at=now())
    session_of(owner, expires_at=now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table of a test is too small
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    with CaptureQueriesContext(connection) as queries:
        staff.get(LIST, asked)
    [rows] = [query["sql"] for query in queries if "ORDER BY" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {rows}")
        assert index in str(cursor.fetchall())


def test_the_list_costs_the_same_for_any_number(staff, django_assert_num_queries):
    def start(count):
        for _ in range(count):
            session_of(UserFactory())

    start(1)
    # Django's session, the member of staff, a count and the rows with their users.
    with django_assert_num_queries(4):
        staff.get(LIST)
    start(10)
    with django_assert_num_queries(4):
        staff.get(LIST)


def test_a_session_is_read_only(staff, owner):
    session = session_of(owner)
    path = url("session", "change", session.pk)
    assert "curl/8" in text_of(staff.get(path))
    assert staff.get(url("session", "add")).status_code == 403
    assert staff.get(url("session", "delete", session.pk)).status_code == 403
    assert staff.post(path, {"user_agent": "other"}).status_code == 403
    session.refresh_from_db()
    assert session.user_agent == "curl/8"


def test_sessions_are_ended_when_that_is_confirmed(staff, owner):
    chosen_ones, other = [session_of(owner) for _ in range(2)], session_of(owner)
    page = text_of(asked(staff, LIST, chosen(*chosen_ones)))
    assert page.count("<li>owner: curl/8, ") == 2
    assert Session.objects.live().count() == 3
    assert "Ended: 2." in text_of(do(staff, LIST, chosen(*chosen_ones)))
    assert Session.objects.live().get() == other


def test_one_that_is_over_already_is_not_ended_again(staff, owner):
    session = session_of(owner, ended_at=(at := now() - timedelta(days=1)))
    assert "Ended: 0." in text_of(do(staff, LIST, chosen(session)))
    assert Session.objects.get().ended_at == at


def test_a_session_can_be_ended_on_its_own_page(staff, owner):
    session = session_of(owner)
    assert f"{LIST}{session.pk}/end/" in text_of(staff.get(url("session", "change", session.pk)))
    assert "Ended: 1." in text_of(do(staff, f"{LIST}{session.pk}/end/"))
    assert not Session.objects.live().exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (staff.user, str(session.pk))


def test_too_many_at_once_are_refused(staff, owner, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_AT_ONCE", 1)
    response = staff.post(LIST, chosen(session_of(owner), session_of(owner)), follow=True)
    assert "at most 1 at a time" in text_of(response)


def test_without_the_permission_there_is_no_button_and_no_page(owner):
    client = signed_in(with_permissions("view_session"))
    session = session_of(owner)
    assert 'value="end"' not in text_of(client.get(LIST))
    assert "/end/" not in text_of(client.get(url("session", "change", session.pk)))
    path = f"{LIST}{session.pk}/end/"
    assert client.get(path).status_code == 403
    assert client.post(path, {"confirmed": "yes"}).status_code == 403
    client.post(LIST, {**chosen(session), "confirmed": "yes"})
    assert Session.objects.live().exists()


def test_who_may_not_see_sessions_sees_none(owner):
    client = signed_in(with_permissions("view_user"))
    assert client.get(LIST).status_code == 403
    assert client.get(url("session", "change", session_of(owner).pk)).status_code == 403


def test_a_session_that_is_gone_is_no_error(staff):
    response = staff.get(f"{LIST}01890a5d-ac96-774b-bcce-b302099a8057/end/")
    assert response.status_code == 302


def test_the_bookkeeping_of_tokens_is_there_without_any_token(staff, owner):
    _, first = services.start_session(user=owner)
    second = services.refresh(token=first)
    OutstandingToken.objects.update(token="a-whole-token")
    rows = staff.get(TOKENS)
    model_admin = rows.context["cl"].model_admin
    shown = {row.jti: model_admin.blacklisted(row) for row in rows.context["cl"].result_list}
    assert shown == {first["jti"]: True, second["jti"]: False}
    for token in OutstandingToken.objects.all():
        page = text_of(staff.get(f"{TOKENS}{token.pk}/change/"))
        assert token.jti in page
        assert "a-whole-token" not in page + text_of(rows)


def test_tokens_are_read_only(staff, owner):
    services.start_session(user=owner)
    token = OutstandingToken.objects.get()
    assert staff.get(f"{TOKENS}add/").status_code == 403
    assert staff.get(f"{TOKENS}{token.pk}/delete/").status_code == 403
    assert staff.post(f"{TOKENS}{token.pk}/change/", {"jti": "x"}).status_code == 403
    assert not admin.site.is_registered(BlacklistedToken)


def test_the_list_of_tokens_costs_the_same_for_any_number(staff, django_assert_num_queries):
    for count in (1, 10):
        for _ in range(count):
            _, token = services.start_session(user=UserFactory())
            services.refresh(token=token)
        # Django's session, the member of staff, a count and the rows with all that belongs to them.
        with django_assert_num_queries(4):
            staff.get(TOKENS)
