"""Migrations 0003 to 0005 on a database that is in use: versions from before get their chain."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from accounts.tests.factories import UserFactory
from events.models import Event, Grant, HistoricalEvent
from events.services.versions import roll_back
from events.tests.factories import edit
from events.tests.tampering import change_version
from events.verifying.everything import Inspection
from events.verifying.one import verify
from neofi.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)

migration = import_module("events.migrations.0004_chain_existing_versions")

BEFORE = [("events", "0002_triggers")]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CREATED_AT = datetime(2026, 1, 1, 12, 30, 0, 123_456, tzinfo=UTC)
CONTENT = {
    "title": "Planning 🎉",
    "description": "a\nb",
    "location": "",
    "start_time": START,
    "end_time": START + timedelta(hours=1),
    "timezone": "Europe/Berlin",
    "all_day": False,
    "status": "confirmed",
    "transparency": "opaque",
    "tags": ["b", "a"],
    "metadata": {"b": 1, "aa": [1.0, 1e30, True]},
    "recurrence": None,
    "exceptions": {},
}
# What each version after the first changed, and what it did.
CHANGES = [
    ("updated", {"title": "Review"}),
    ("updated", {"start_time": START - timedelta(days=1)}),
    ("updated", {"metadata": {}}),
    ("deleted", {}),
]


def migrate(targets=None):
    """To there, or to the newest of everything. Gives the models of then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())
    return MigrationExecutor(connection).loader.project_state(targets or []).apps


@pytest.fixture
def before():
    """The models as they were, in a database of then; afterwards all is as it is now."""
    yield migrate(BEFORE)
    migrate()


@transaction.atomic
def insert(apps, author, changes=CHANGES) -> UUID:
    """An event with its versions and its owner, as the services of then have left it."""
    Event, Grant, Version, Access = (
        apps.get_model("events", name)
        for name in ("Event", "Grant", "HistoricalEvent", "HistoricalGrant")
    )
    content, field_versions, at, deleted_at = (
        dict(CONTENT),
        dict.fromkeys(CONTENT, 1),
        CREATED_AT,
        None,
    )
    identity = {"id": uuid7(), "uid": "mine", "created_at": CREATED_AT}
    versions = []
    for number, (action, changed) in enumerate([("created", {}), *changes], 1):
        content |= changed
        field_versions |= dict.fromkeys(changed, number)
        at = CREATED_AT + timedelta(minutes=number - 1)
        deleted_at = at if action == "deleted" else None
        state = {
            **identity,
            **content,
            "version": number,
            "updated_at": at,
            "deleted_at": deleted_at,
        }
        row = {"history_date": at, "action": action, "history_type": "~" if number > 1 else "+"}
        who = {"history_user_id": author.pk, "change_set": uuid7(), "history_change_reason": "ä"}
        versions.append(Version(**state, **row, **who))
    head = {"history_at": at, "updated_by_id": author.pk, "field_versions": field_versions}
    Event.objects.create(**state, **head)
    Version.objects.bulk_create(versions)
    given = {"event_id": identity["id"], "user_id": author.pk, "role": "owner"}
    copies = {"event_start_time": START, "event_updated_at": START}
    grant = Grant.objects.create(**given, **copies, granted_by_id=author.pk, granted_at=CREATED_AT)
    row = {"history_type": "+", "history_date": CREATED_AT, "action": "created"}
    Access.objects.create(id=grant.pk, **given, **row, **{**who, "change_set": uuid7()})
    return identity["id"]


def faults() -> list[str]:
    return [str(fault) for fault in Inspection().faults()]


@pytest.mark.parametrize("key", ["", "a key"])
def test_versions_from_before_are_chained_and_hold(before, settings, key):
    settings.HISTORY_KEY = key
    author = UserFactory()
    first, second = insert(before, author), insert(before, author, changes=[])
    migrate()
    assert faults() == []
    assert verify(first).versions == 5
    assert verify(second).versions == 1
    settings.HISTORY_KEY = "another"
    assert faults()


def test_what_follows_from_the_versions_is_filled_in(before):
    event_id = insert(before, UserFactory())
    migrate()
    event, grant = Event.objects.get(), Grant.objects.get()
    assert event.moved_at == grant.event_moved_at == CREATED_AT + timedelta(minutes=2)
    assert event.created_at == CREATED_AT
    assert grant.event_end_time == event.end_time
    assert grant.event_owner_id == grant.user_id
    versions = HistoricalEvent.objects.of_event(event_id)
    assert event.history_head == versions.get(version=5).hash
    assert repr(versions.get(version=1).content) == repr(CONTENT)


def test_life_goes_on_behind_them(before):
    author = UserFactory()
    event_id = insert(before, author, CHANGES[:-1])
    migrate()
    edit(event_id, by=author, content={"title": "New"})
    edit(event_id, by=author, content={"location": "Hut"}, base_version=2)
    roll_back(event_id, 1, by=author)
    assert faults() == []
    assert Event.objects.get().title == CONTENT["title"]
    change_version(Event.objects.get(), 2, history_change_reason="mine")
    assert len(faults()) == 1


def test_chunks_of_any_size_come_to_the_same(before, monkeypatch):
    monkeypatch.setattr(migration, "CHUNK", 2)
    monkeypatch.setattr(migration, "BATCH", 3)
    author = UserFactory()
    for _ in range(5):
        insert(before, author)
    migrate()
    assert faults() == []


def test_an_interrupted_run_goes_on(before, monkeypatch):
    author = UserFactory()
    for _ in range(3):
        insert(before, author)
    chain, done = migration._chain, []

    def interrupted(apps, events):
        if done:
            raise KeyboardInterrupt
        chain(apps, events)
        done.extend(events)

    monkeypatch.setattr(migration, "CHUNK", 1)
    monkeypatch.setattr(migration, "_chain", interrupted)
    with pytest.raises(KeyboardInterrupt):
        migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM events_event WHERE moved_at IS NOT NULL")
        assert [event_id for (event_id,) in cursor.fetchall()] == done
    monkeypatch.setattr(migration, "_chain", chain)
    migrate()
    assert faults() == []


def test_there_and_back_and_there_again(before):
    insert(before, UserFactory())
    migrate()
    heads = set(Event.objects.values_list("history_head", flat=True))
    migrate([("events", "0003_history_chain")])
    migrate()
    migrate(BEFORE)
    migrate()
    assert faults() == []
    assert set(Event.objects.values_list("history_head", flat=True)) == heads
