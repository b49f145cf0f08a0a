"""`as_staff`: a Django permission in place of a grant, for the admin alone."""

from functools import partial

import pytest
from django.contrib.auth.models import Permission
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from collaboration.services import sharing
from collaboration.services.sharing import Invitation
from events.models import Grant, HistoricalEvent
from events.roles import Role
from events.services import versions, writing
from events.tests.factories import EventFactory, edit


@pytest.fixture
def staff(stranger):
    """Somebody without any grant, who may change events."""
    stranger.user_permissions.add(Permission.objects.get(codename="change_event"))
    return User.objects.get(pk=stranger.pk)


def writes(event, by, editor, viewer) -> list:
    """Every write of an event that the admin may call, in an order in which each finds its case."""
    new = Invitation(by, Role.VIEWER)
    of_event = [
        partial(edit, content={"title": "Review"}),
        partial(versions.roll_back, version=1),
        partial(sharing.share, invitations=[new]),
        partial(sharing.change_role, user_id=viewer.pk, role=Role.EDITOR),
        partial(sharing.change_role, user_id=editor.pk, role=Role.OWNER),
        partial(sharing.revoke, user_id=viewer.pk),
        writing.delete_event,
        writing.restore_event,
        writing.purge_event,
    ]
    return [partial(write, event.pk, by=by, as_staff=True) for write in of_event]


def test_staff_may_do_everything_to_any_event(staff, editor, viewer, event):
    for write in writes(event, staff, editor, viewer):
        write()
    assert not HistoricalEvent.objects.of_event(event.pk).exists()


def test_what_staff_does_is_attributed(staff, event):
    edit(event.pk, by=staff, content={"title": "Review"}, as_staff=True)
    row = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    assert row.history_user_id == staff.pk


def test_without_the_permission_nobody_is_staff(owner, editor, viewer, stranger, event):
    for by in (owner, editor, viewer, stranger):
        for write in writes(event, by, editor, viewer):
            with pytest.raises(PermissionDenied):
                write()
    assert HistoricalEvent.objects.of_event(event.pk).count() == 1


def test_the_permission_is_worth_nothing_without_as_staff(api, staff, editor, viewer, event):
    for write in writes(event, staff, editor, viewer):
        with pytest.raises(NotFound):
            write(as_staff=False)
    assert api(staff).get(f"/api/events/{event.pk}").status_code == 404
    assert api(staff).get("/api/events").json()["results"] == []


def test_staff_revokes_their_own_access_as_staff(staff, event, owner):
    sharing.share(event.pk, by=owner, invitations=[Invitation(staff, Role.VIEWER)])
    sharing.revoke(event.pk, staff.pk, by=staff, as_staff=True)
    assert not Grant.objects.filter(event=event, user=staff).exists()


def test_staff_has_no_way_to_what_is_not_there(staff, owner, stranger):
    event = EventFactory(by=owner)
    with pytest.raises(NotFound):
        sharing.change_role(event.pk, stranger.pk, Role.EDITOR, by=staff, as_staff=True)
    writing.purge_event(event.pk, by=owner)
    with pytest.raises(NotFound):
        edit(event.pk, by=staff, content={}, as_staff=True)
