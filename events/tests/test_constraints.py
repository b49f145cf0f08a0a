"""What the database refuses by itself, and the sentence that a client then reads."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from rest_framework.exceptions import ValidationError

from events.models import Event, Grant, HistoricalEvent
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit
from neofi.problems import Conflict
from neofi.transactions import service

BREAKING_EVENTS = [
    ({"end_time": F("start_time")}, "event_ends_after_start", "end_time", "must end after"),
    ({"title": ""}, "event_has_title", "title", "must have a title"),
    ({"description": "d" * 20_001}, "event_description_length", "description", "20,000"),
    ({"tags": ["t"] * 21}, "event_tags_count", "tags", "up to 20 tags"),
    ({"status": "done"}, "event_status_known", "status", "confirmed, tentative"),
    ({"transparency": "glass"}, "event_transparency_known", "transparency", "opaque"),
    ({"metadata": [1]}, "event_metadata_is_object", "metadata", "must be an object"),
    ({"exceptions": []}, "event_exceptions_is_object", "exceptions", "must be an object"),
    ({"version": 0}, "event_version_from_one", None, "start at 1"),
]


def assert_says(refused, field: str | None, words: str) -> None:
    """The refusal that a service made of it names the field, in a sentence for people."""
    ((name, (message,)),) = refused.value.detail.items()
    assert name == (field or "non_field_errors")
    assert words in message


@pytest.mark.parametrize(("values", "constraint", "field", "words"), BREAKING_EVENTS)
def test_an_event_that_must_not_be_is_refused(event, values, constraint, field, words):
    events = Event.objects.filter(pk=event.pk)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        events.update(**values)
    with pytest.raises(ValidationError) as refused:
        service(events.update)(**values)
    assert_says(refused, field, words)


def test_every_check_constraint_of_an_event_is_broken_above():
    broken = {constraint for _, constraint, _, _ in BREAKING_EVENTS}
    assert broken == {constraint.name for constraint in Event._meta.constraints}


@pytest.mark.parametrize(
    "values", [{"title": "t" * 201}, {"location": "l" * 301}, {"timezone": "z" * 65}]
)
def test_a_text_that_is_too_long_is_refused(event, values):
    with pytest.raises(DataError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**values)


def grant_like(grant: Grant, **changes) -> Grant:
    values = {f.attname: getattr(grant, f.attname) for f in Grant._meta.concrete_fields}
    return Grant(**{**values, "id": None, **changes})


def test_a_second_grant_of_one_person_is_refused(event, viewer):
    grant = Grant.objects.get(event=event, user=viewer)
    write = service(Grant.objects.bulk_create)
    with pytest.raises(ValidationError) as refused:
        write([grant_like(grant, role="editor")])
    assert_says(refused, "user", "has a role on this event already")


def test_a_second_owner_is_refused(event, viewer):
    grants = Grant.objects.filter(event=event, user=viewer)
    with pytest.raises(ValidationError) as refused:
        service(grants.update)(role="owner")
    assert_says(refused, None, "exactly one owner")


def test_an_unknown_role_is_refused(event, viewer):
    grants = Grant.objects.filter(event=event, user=viewer)
    with pytest.raises(ValidationError) as refused:
        service(grants.update)(role="admin")
    assert_says(refused, "role", "viewer, editor or owner")


def test_two_versions_with_one_number_are_refused(event):
    row = HistoricalEvent.objects.of_event(event.pk).get(version=1)
    row.pk = None
    with pytest.raises(IntegrityError, match="version_unique_per_event"), transaction.atomic():
        HistoricalEvent.objects.bulk_create([row])


def test_two_versions_of_one_instant_are_refused(event):
    row = HistoricalEvent.objects.of_event(event.pk).get(version=1)
    row.pk, row.version = None, 2
    with pytest.raises(IntegrityError, match="version_instant_unique"), transaction.atomic():
        HistoricalEvent.objects.bulk_create([row])


def test_an_error_that_is_no_refusal_stays_an_error(event):
    with pytest.raises(IntegrityError):
        service(Event.objects.filter(pk=event.pk).update)(title=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "write",
    [
        lambda event: Grant.objects.filter(event=event, role="owner").update(role="viewer"),
        lambda event: Grant.objects.filter(event=event)._raw_delete("default"),
        lambda event: Event.objects.bulk_create([Event(**without_owner(event))]),
    ],
    ids=["lowered", "deleted", "never given"],
)
def test_no_event_is_left_without_an_owner_at_commit(owner, write):
    event = EventFactory(by=owner)
    with pytest.raises(IntegrityError, match="has no owner"), transaction.atomic():
        write(event)
    with pytest.raises(ValidationError) as refused:
        service(write)(event)
    assert_says(refused, None, "exactly one owner")
    assert Grant.objects.get(event=event).role == "owner"
    assert Event.objects.count() == 1


def without_owner(event) -> dict:
    values = {f.attname: getattr(event, f.attname) for f in Event._meta.concrete_fields}
    return {name: value for name, value in values.items() if name != "id"}


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_the_owner_may_change(owner, editor):
    event = EventFactory(by=owner)
    (grant,) = Grant.objects.filter(event=event)
    with transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(role="editor")
        Grant.objects.bulk_create([grant_like(grant, user_id=editor.pk, role="owner")])
    assert Grant.objects.get(event=event, role="owner").user == editor


@pytest.mark.django_db(transaction=True)
def test_what_a_write_refers_to_may_have_gone_meanwhile(owner, stranger):
    grant = Grant.objects.get(event=EventFactory(by=owner))
    stray = grant_like(grant, user_id=stranger.pk, role="viewer")
    stranger.delete()
    with pytest.raises(Conflict) as refused:
        service(Grant.objects.bulk_create)([stray])
    assert refused.value.get_codes() == "reference_gone"


def copies(event) -> set[tuple]:
    rows = Grant.objects.filter(event=event)
    return set(rows.values_list("event_start_time", "event_updated_at", "event_deleted_at"))


def assert_copied(event) -> None:
    event = Event.objects.get(pk=event.pk)
    assert copies(event) == {(event.start_time, event.updated_at, event.deleted_at)}


def test_grants_copy_their_event_whatever_happens_to_it(owner, event):
    assert_copied(event)
    earlier = {"start_time": datetime(2026, 3, 1, 9, tzinfo=UTC)}
    for write in (
        lambda: edit(event.pk, by=owner, content=earlier),
        lambda: edit(event.pk, by=owner, content={"title": "Review"}),
        lambda: delete_event(event.pk, by=owner),
        lambda: restore_event(event.pk, by=owner),
        lambda: Event.objects.filter(pk=event.pk).update(
            start_time=datetime(2020, 1, 1, tzinfo=UTC)
        ),
    ):
        write()
        assert_copied(event)


def test_a_new_grant_copies_its_event_whatever_it_says(event, viewer, stranger):
    grant = Grant.objects.get(event=event, user=viewer)
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    stray = grant_like(grant, user_id=stranger.pk, event_start_time=long_ago)
    Grant.objects.bulk_create([stray])
    assert_copied(event)


def test_the_triggers_can_be_taken_back_and_set_again(db):
    for target in ("0001_initial", "0002_triggers"):
        executor = MigrationExecutor(connection)
        executor.migrate([("events", target)])
