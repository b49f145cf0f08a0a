"""Removing somebody for good: what becomes of their events, and who may not be removed."""

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Count
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import services
from accounts.models import FailedLogin, Session, User
from accounts.tests.factories import PASSWORD, UserFactory
from collaboration.services import people
from collaboration.services.people import Holdings, delete_user, holdings_of
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.models.answer import RememberedAnswer
from events.services import writing
from events.tests.factories import EventFactory, edit, shared
from neofi.ids import uuid7
from neofi.problems import Conflict


@pytest.fixture
def staff(db):
    return services.create_staff_user(username="root", email="r@example.org", password=PASSWORD)


@pytest.fixture
def helper(db):
    """Who may delete people, and is no superuser."""
    user = UserFactory(username="helper", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="delete_user"))
    return User.objects.get(pk=user.pk)


def roles_on(event) -> dict:
    return dict(Grant.objects.of_event(event.pk).values_list("user__username", "role"))


def rows_of_access(event) -> set:
    names = dict(User.objects.values_list("pk", "username"))
    rows = HistoricalGrant.objects.filter(event=event.pk, action__in=["transferred", "revoked"])
    return {
        (names.get(row.user_id), row.action, row.previous_role, names[row.history_user_id])
        for row in rows
    }


def test_the_heir_owns_every_event_then_in_the_trash_too(event, owner, stranger, staff):
    trashed = EventFactory(by=owner, title="Old")
    writing.delete_event(trashed.pk, by=owner)
    delete_user(owner.pk, heir_id=stranger.pk, by=staff)
    assert roles_on(event) == {"stranger": "owner", "editor": "editor", "viewer": "viewer"}
    assert roles_on(trashed) == {"stranger": "owner"}
    assert not User.objects.filter(pk=owner.pk).exists()


def test_an_heir_with_a_role_has_one_grant_then(event, owner, editor, staff):
    delete_user(owner.pk, heir_id=editor.pk, by=staff)
    assert roles_on(event) == {"editor": "owner", "viewer": "viewer"}


def test_what_others_own_only_loses_a_grant(event, editor, staff):
    delete_user(editor.pk, by=staff)
    assert roles_on(event) == {"owner": "owner", "viewer": "viewer"}
    assert rows_of_access(event) == {(None, "revoked", "editor", "root")}


def test_each_hand_over_is_in_the_history_of_access_by_the_staff(event, owner, stranger, staff):
    delete_user(owner.pk, heir_id=stranger.pk, by=staff)
    assert rows_of_access(event) == {
        (None, "transferred", "owner", "root"),
        ("stranger", "transferred", None, "root"),
    }


def test_a_change_set_is_no_larger_than_what_one_request_can_do(
    event, owner, stranger, staff, monkeypatch
):
    monkeypatch.setattr(people, "CHUNK", 2)
    for _ in range(2):
        EventFactory(by=owner)
    delete_user(owner.pk, heir_id=stranger.pk, by=staff)
    rows = HistoricalGrant.objects.filter(history_user_id=staff.pk)
    assert rows.count() == 6
    by_change_set = rows.values("change_set").annotate(n=Count("event", distinct=True))
    assert sorted(by_change_set.values_list("n", flat=True)) == [1, 2]


def test_histories_keep_the_id_of_who_wrote_them(event, owner, editor, stranger, staff):
    edit(event.pk, by=editor, content={"title": "Changed"})
    delete_user(editor.pk, by=staff)
    authors = HistoricalEvent.objects.filter(id=event.pk).values_list("history_user_id", flat=True)
    assert set(authors) == {owner.pk, editor.pk}
    assert Event.objects.get(pk=event.pk).updated_by is None


def test_what_was_kept_of_them_goes_too(event, editor, staff):
    _, token = services.start_session(user=editor)
    services.refresh(token=token)
    services.note_failed_login(name="editor", address="192.0.2.1")
    RememberedAnswer.objects.create(
        scope="s", user=editor, fingerprint="f", status=201, headers={}, event_ids=[],
        created_at=event.created_at,
    )  # fmt: skip
    delete_user(editor.pk, by=staff)
    for model in (Session, OutstandingToken, BlacklistedToken, RememberedAnswer):
        assert not model.objects.exists()
    assert FailedLogin.objects.get().user is None


@pytest.mark.parametrize("heir", ["missing", "nobody", "themselves", "inactive"])
def test_without_an_active_heir_nothing_happens(event, owner, staff, heir):
    inactive = UserFactory(is_active=False)
    heirs = {"missing": None, "nobody": uuid7(), "themselves": owner.pk, "inactive": inactive.pk}
    with pytest.raises(ValidationError) as refusal:
        delete_user(owner.pk, heir_id=heirs[heir], by=staff)
    assert "heir" in refusal.value.detail
    assert roles_on(event)["owner"] == "owner"


def test_nobody_removes_themselves(staff):
    services.create_staff_user(username="other", email="o@example.org", password=PASSWORD)
    with pytest.raises(Conflict, match="your own account"):
        delete_user(staff.pk, by=staff)


def test_the_last_superuser_stays(staff):
    other = services.create_staff_user(username="other", email="o@example.org", password=PASSWORD)
    # Deactivated since they signed in: of two who remove each other, the second is too late.
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Conflict, match="last active superuser"):
        delete_user(staff.pk, by=other)


def test_it_takes_the_right_to_delete_users(event, editor, owner, helper):
    with pytest.raises(PermissionDenied):
        delete_user(editor.pk, by=owner)
    delete_user(editor.pk, by=helper)


def test_who_is_no_superuser_removes_none(staff, helper):
    with pytest.raises(PermissionDenied):
        delete_user(staff.pk, by=helper)


def test_somebody_who_is_not_there_cannot_be_removed(staff):
    with pytest.raises(NotFound):
        delete_user(uuid7(), by=staff)


def test_an_event_given_to_them_meanwhile_stops_it(owner, stranger, staff, monkeypatch):
    monkeypatch.setattr(people, "_chunks", lambda event_ids: [])
    EventFactory(by=owner)
    with pytest.raises(Conflict, match="Try again"):
        delete_user(owner.pk, heir_id=stranger.pk, by=staff)
    assert User.objects.filter(pk=owner.pk).exists()


def own(owner, count):
    for number in range(count):
        shared(EventFactory(by=owner), {UserFactory(): "viewer"})
        shared(EventFactory(), {owner: "editor"})
        event = EventFactory(by=owner, title=f"Trash {number}")
        writing.delete_event(event.pk, by=owner)


def test_it_takes_as_many_statements_for_any_number_of_events(
    staff, stranger, django_assert_num_queries
):
    few, many = UserFactory(), UserFactory()
    own(few, 1)
    own(many, 8)
    # 2 of a savepoint; the person, the heir, and which events; for each 500 of these 9: their rows
    # and roles, the grants of both, the grants taken and given, their two kinds of history, and the
    # events' instants. Then the person once more, whether a grant is left, the tokens; and 12 of
    # Django's to delete somebody.
    for somebody in (few, many):
        with django_assert_num_queries(28):
            delete_user(somebody.pk, heir_id=stranger.pk, by=staff)


def test_holdings_say_what_somebody_has(event, owner, editor):
    writing.delete_event(EventFactory(by=owner).pk, by=owner)
    assert holdings_of(owner.pk) == Holdings(owned=2, in_trash=1, shared=0)
    assert holdings_of(editor.pk) == Holdings(owned=0, in_trash=0, shared=1)
