"""Handing an event to anybody, as staff may; and taking that back."""

import pytest
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.services import sharing
from events.models import Grant, HistoricalGrant
from events.services import writing
from events.tests.factories import EventFactory
from neofi.problems import Conflict
from neofi.tests.queries import queries


@pytest.fixture
def staff(db):
    return UserFactory(username="staff", is_staff=True, is_superuser=True)


def roles(event) -> dict[str, str]:
    return dict(Grant.objects.of_event(event.pk).values_list("user__username", "role"))


def newest_change(event):
    return HistoricalGrant.objects.filter(event=event).order_by("-history_id").first().change_set


@pytest.mark.parametrize("who", ["editor", "viewer", "stranger"])
def test_the_heir_owns_the_event_and_the_owner_edits_it(request, staff, event, who):
    heir = request.getfixturevalue(who)
    sharing.transfer(event.pk, heir, by=staff, as_staff=True)
    assert roles(event)[who] == "owner"
    assert roles(event)["owner"] == "editor"


def test_owners_hand_over_too(owner, stranger, event):
    sharing.transfer(event.pk, stranger, by=owner)
    assert roles(event)["stranger"] == "owner"


def test_nobody_else_does(editor, stranger, event):
    with pytest.raises(PermissionDenied):
        sharing.transfer(event.pk, stranger, by=editor)
    with pytest.raises(NotFound):
        sharing.transfer(event.pk, stranger, by=stranger)
    with pytest.raises(PermissionDenied):
        sharing.transfer(event.pk, stranger, by=editor, as_staff=True)


def test_who_owns_it_already_keeps_it(staff, owner, event):
    before = HistoricalGrant.objects.count()
    assert sharing.transfer(event.pk, owner, by=staff, as_staff=True).written is None
    assert HistoricalGrant.objects.count() == before


def test_an_account_that_is_switched_off_is_handed_nothing(staff, stranger, event):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    stranger.refresh_from_db()
    with pytest.raises(Conflict):
        sharing.transfer(event.pk, stranger, by=staff, as_staff=True)


def test_what_is_in_the_trash_is_not_handed_over(staff, owner, stranger, event):
    writing.delete_event(event.pk, by=owner)
    with pytest.raises(NotFound):
        sharing.transfer(event.pk, stranger, by=staff, as_staff=True)


def test_the_changelog_says_that_the_heir_had_no_role(api, staff, stranger, event):
    sharing.transfer(event.pk, stranger, by=staff, note="moving on", as_staff=True)
    row = api(stranger).get(f"/api/events/{event.pk}/changelog").json()["results"][0]
    assert (row["action"], row["note"]) == ("transferred", "moving on")
    told = [(change["user"]["username"], change["from"], change["to"]) for change in row["changes"]]
    assert told == [("owner", "owner", "editor"), ("stranger", None, "owner")]


def test_a_transfer_to_somebody_new_is_taken_back_and_made_again(api, staff, stranger, event):
    before = roles(event)
    sharing.transfer(event.pk, stranger, by=staff, as_staff=True)
    after = roles(event)
    for client, expected in (
        (api(stranger), before),
        (api(User.objects.get(username="owner")), after),
    ):
        address = f"/api/changes/{newest_change(event)}/undo"
        assert client.post(f"{address}?dry_run=true", {}).status_code == 200
        answer = client.post(address, {})
        assert answer.status_code == 200, answer.json()
        assert roles(event) == expected
    changes = api(stranger).get(f"/api/events/{event.pk}/changelog").json()["results"][1]["changes"]
    told = {change["user"]["username"]: (change["from"], change["to"]) for change in changes}
    assert told == {"owner": ("editor", "owner"), "stranger": ("owner", None)}


def test_a_transfer_takes_as_many_queries_whoever_it_is_to(staff, editor, stranger, owner):
    # The event and the roles on it, locked; the heir's grant and the owner's; what is written.
    one, other = EventFactory(by=owner), EventFactory(by=owner)
    sharing.share(one.pk, by=owner, invitations=[sharing.Invitation(editor, "editor")])
    with queries(8):
        sharing.transfer(one.pk, editor, by=staff, as_staff=True)
    with queries(9):  # the new grant's row of history comes apart
        sharing.transfer(other.pk, stranger, by=staff, as_staff=True)
