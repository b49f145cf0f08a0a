"""Nothing is written without an author: not by a request, and not outside of one."""

from functools import partial

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from accounts.tests.factories import UserFactory
from collaboration.services import sharing
from collaboration.services.sharing import Invitation
from events.content import FIELDS
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.roles import Role
from events.services import batch, versions, writing
from events.tests.factories import EventFactory, edit, in_memory, shared


def rows_written(write) -> tuple[int, int]:
    """How many rows of content history and of access history a call writes."""
    models = (HistoricalEvent, HistoricalGrant)
    before = [model.objects.count() for model in models]
    write()
    return tuple(model.objects.count() - old for model, old in zip(models, before, strict=True))


def test_an_event_is_not_saved_without_a_change(event):
    event = Event.objects.get(pk=event.pk)
    event.title = "Nobody's"
    with pytest.raises(TypeError, match="a service"):
        event.save()


def test_what_a_service_has_written_is_not_saved_again_in_its_name(owner, event):
    event = edit(event.pk, by=owner, content={"title": "Review"})
    assert event.written.by_id == owner.pk
    event.title = "Nobody's"
    with pytest.raises(TypeError, match="a service"):
        event.save()


def test_a_grant_is_not_saved_or_deleted_without_a_change(event, viewer):
    grant = Grant.objects.get(event=event, user=viewer)
    for write in (grant.save, grant.delete, Grant.objects.filter(pk=grant.pk).delete):
        with pytest.raises(TypeError, match="a service"), transaction.atomic():
            write()


@pytest.mark.django_db(transaction=True)
def test_a_save_without_a_change_writes_nothing_even_outside_of_a_transaction(owner):
    event = Event.objects.get(pk=EventFactory(by=owner).pk)
    grant = Grant.objects.get(event=event)
    event.title, grant.granted_by = "Nobody's", None
    for write in (event.save, grant.save, grant.delete):
        with pytest.raises(TypeError):
            write()
    assert Event.objects.get(pk=event.pk).title == "Planning"
    assert Grant.objects.get(event=event).granted_by == owner


def test_writes_in_bulk_leave_no_row_so_no_service_may_use_them_alone(owner, event):
    def write():
        Event.objects.filter(pk=event.pk).update(title="Nobody's")
        Event.objects.bulk_update([event], ["title"])
        Grant.objects.filter(event=event).exclude(role="owner").update(role="viewer")

    assert rows_written(write) == (0, 0)


@pytest.fixture
def acts(owner, editor, viewer, stranger, event):
    """Every write that a service offers, by the rows of history that it makes."""
    new = [Invitation(stranger, Role.VIEWER)]
    update = partial(edit, event.pk, by=editor)
    change = partial(sharing.change_role, event.pk, by=owner)
    item = in_memory(
        {"title": "A", "start_time": "2026-03-02T09:00Z", "end_time": "2026-03-02T10:00Z"}
    )
    return {
        (1, 1): [lambda: EventFactory(by=owner)],
        (2, 2): [lambda: batch.create_events(by=owner, items=[item] * 2, notes=["", ""])],
        (1, 0): [
            lambda: update(content={"title": "Review"}),
            lambda: update(content=item, replace=True),
            lambda: versions.roll_back(event.pk, 1, by=editor),
            lambda: writing.delete_event(event.pk, by=owner),
            lambda: writing.restore_event(event.pk, by=owner),
        ],
        (0, 1): [
            lambda: sharing.share(event.pk, by=owner, invitations=new),
            lambda: change(stranger.pk, Role.EDITOR),
            lambda: sharing.revoke(event.pk, stranger.pk, by=owner),
            lambda: sharing.revoke(event.pk, viewer.pk, by=viewer),
        ],
        (0, 2): [lambda: change(editor.pk, Role.OWNER)],
    }


def test_each_service_writes_a_row_for_each_change(acts):
    for expected, writes in acts.items():
        for write in writes:
            assert rows_written(write) == expected


def test_what_changes_nothing_writes_no_row(owner, editor, viewer, event):
    same = [Invitation(viewer, Role.VIEWER)]
    for write in (
        lambda: edit(event.pk, by=editor, content={"title": "Planning"}),
        lambda: versions.roll_back(event.pk, 1, by=editor),
        lambda: writing.restore_event(event.pk, by=owner),
        lambda: sharing.share(event.pk, by=owner, invitations=same),
        lambda: sharing.change_role(event.pk, viewer.pk, Role.VIEWER, by=owner),
    ):
        assert rows_written(write) == (0, 0)


def test_every_row_names_its_author_action_and_change_set(acts):
    for write in [write for writes in acts.values() for write in writes]:
        write()
    for model in (HistoricalEvent, HistoricalGrant):
        for row in model.objects.all():
            assert row.history_user_id
            assert row.action
            assert row.change_set.version == 7


def test_a_row_is_a_copy_of_the_event(editor, event):
    edit(event.pk, by=editor, content={"title": "Review", "tags": ["a"]})
    event = Event.objects.get(pk=event.pk)
    row = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    copied = (*FIELDS, "uid", "version", "created_at", "updated_at", "deleted_at")
    assert {n: getattr(row, n) for n in copied} == {n: getattr(event, n) for n in copied}


def test_an_account_that_is_gone_leaves_its_versions_to_nobody(api, owner):
    gone = UserFactory(username="gone")
    event = shared(EventFactory(by=owner), {gone: "editor"})
    edit(event.pk, by=gone, content={"title": "Review"})
    sharing.revoke(event.pk, gone.pk, by=owner)
    gone_id = gone.pk
    gone.delete()

    row = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    assert row.history_user_id == gone_id
    client, url = api(owner), f"/api/events/{event.pk}"
    assert client.get(url).json()["updated_by"] is None
    assert client.get(f"{url}/history").json()["results"][0]["by"] is None
    assert client.get(f"{url}/history/2").json()["by"] is None
    assert client.get(f"{url}/blame").json()["title"]["by"] is None
    assert client.get(f"{url}/diff/1/2").json()["to"]["by"] is None


def test_a_giver_that_is_gone_leaves_the_grant(api, owner, editor):
    giver = UserFactory(username="giver")
    event = shared(EventFactory(by=giver), {owner: "viewer", editor: "viewer"})
    sharing.change_role(event.pk, owner.pk, Role.OWNER, by=giver)
    sharing.revoke(event.pk, giver.pk, by=owner)
    giver.delete()
    rows = api(owner).get(f"/api/events/{event.pk}/permissions").json()["results"]
    assert [row["granted_by"] for row in rows] == [None, None]


def test_an_account_with_grants_is_not_just_deleted(owner, event):
    with pytest.raises(ProtectedError):
        owner.delete()
