"""A migration to come, played through: every old version is read, compared and gone back to.

The content gets a field (`color`), one is renamed (`location` to `place`) and one dropped
(`transparency`), in the database, the models and the code, as the rule in events.snapshots says.
"""

from contextlib import contextmanager

import pytest
from django.db import connection, models

from events import changelog, diffing, merging, snapshots
from events import content as contents
from events.models import Event, HistoricalEvent
from events.services import ledger_sql, locking, versions
from events.tests.factories import EventFactory, edit
from events.verifying.everything import Inspection
from events.verifying.one import verify

MODELS = (Event, HistoricalEvent)
KEPT = [name for name in contents.FIELDS if name != "transparency"]
FIELDS = (*("place" if name == "location" else name for name in KEPT), "color")
DEFAULTS = {
    **{name: value for name, value in contents.DEFAULTS.items() if name in FIELDS},
    "place": "",
    "color": "blue",
}
STRATEGIES = {
    **{name: how for name, how in merging.STRATEGIES.items() if name in FIELDS},
    "place": merging.STRATEGIES["location"],
    "color": merging.STRATEGIES["location"],
}
MIGRATION = """
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE {table} ADD COLUMN color varchar(10) NOT NULL DEFAULT 'blue';
    ALTER TABLE {table} RENAME COLUMN location TO place;
    ALTER TABLE {table} DROP COLUMN transparency;
"""
FIELD_VERSIONS = """
    UPDATE events_event SET field_versions = field_versions - 'location' - 'transparency'
        || jsonb_build_object('color', 1, 'place', field_versions -> 'location')
"""


def upgrade(content: dict) -> dict:
    """From schema 1 to schema 2."""
    kept = {name: value for name, value in content.items() if name != "transparency"}
    return {**kept, "color": "blue", "place": kept.pop("location")}


@pytest.fixture
def eventful(owner):
    """Versions 1 to 5, of which 4 changes nothing but what is going to be dropped."""
    event = EventFactory(by=owner, location="Room 4", metadata={"n": 1.0})
    for content in (
        {"title": "Review", "transparency": "transparent"},
        {"location": "Room 5"},
        {"transparency": "opaque"},
        {"location": "", "metadata": {"n": 1}},
    ):
        edit(event.pk, by=owner, content=content)
    return event


@pytest.fixture
def migrated(eventful, monkeypatch):
    """The same event in a database and a code of the future; the test's rollback undoes the one."""
    with connection.cursor() as cursor:
        for model in MODELS:
            cursor.execute(MIGRATION.format(table=model._meta.db_table))
        cursor.execute(FIELD_VERSIONS)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    monkeypatch.setattr(contents, "FIELDS", FIELDS)
    monkeypatch.setattr(contents, "DEFAULTS", DEFAULTS)
    monkeypatch.setattr(contents, "MAX_LENGTHS", {"title": 200, "place": 300, "color": 10})
    monkeypatch.setattr(merging, "STRATEGIES", STRATEGIES)
    monkeypatch.setattr(snapshots, "SCHEMA", 2)
    monkeypatch.setattr(snapshots, "UPGRADES", {1: upgrade})
    with fields_of_the_future():
        yield eventful


@contextmanager
def fields_of_the_future():
    """The models with other fields, and afterwards with their own again."""
    gone = [
        (model, model._meta.get_field(name))
        for model in MODELS
        for name in ("location", "transparency")
    ]
    tracked = list(HistoricalEvent.tracked_fields)
    for model, field in gone:
        model._meta.local_fields.remove(field)
    for model in MODELS:
        model.add_to_class("place", models.CharField(max_length=300, default=""))
        model.add_to_class("color", models.CharField(max_length=10, default="blue"))
    added = [
        (model, model._meta.get_field(name)) for model in MODELS for name in ("place", "color")
    ]
    HistoricalEvent.tracked_fields[:] = [
        *(field for field in tracked if field.name not in ("location", "transparency")),
        *(field for model, field in added if model is Event),
    ]
    forget_statements()
    try:
        yield
    finally:
        forget_statements()
        HistoricalEvent.tracked_fields[:] = tracked
        for model, field in added:
            model._meta.local_fields.remove(field)
            delattr(model, field.name)
        for model, field in gone:
            model._meta.add_field(field)


def forget_statements() -> None:
    """What was made of the models' columns."""
    ledger_sql._sql.cache_clear()
    locking._locked.cache_clear()


def version(event, number: int) -> HistoricalEvent:
    return HistoricalEvent.objects.of_event(event.pk).get(version=number)


def kept(event) -> list[tuple]:
    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(rows.values_list("snapshot", "hash"))


def test_old_versions_are_read_by_the_new_code(migrated):
    content = version(migrated, 2).content
    assert tuple(content) == FIELDS
    assert (content["title"], content["place"], content["color"]) == ("Review", "Room 4", "blue")
    assert repr(content["metadata"]) == "{'n': 1.0}"


def test_old_versions_are_compared_by_the_new_code(migrated):
    first, last = version(migrated, 1).content, version(migrated, 5).content
    assert diffing.changes(first, last) == [
        {"field": "title", "from": "Planning", "to": "Review"},
        {"field": "place", "from": "Room 4", "to": ""},
        {"field": "metadata", "from": {"n": 1.0}, "to": {"n": 1}},
    ]
    rows = changelog.page(migrated.pk, None, False, 10)
    changed = {row["version"]: [change["field"] for change in row["changes"]] for row in rows}
    assert changed == {
        5: ["place", "metadata"],
        4: [],
        3: ["place"],
        2: ["title"],
        1: ["title", "place", "start_time", "end_time", "timezone", "metadata"],
    }


def test_what_was_written_is_as_it_was_and_holds(migrated):
    before = kept(migrated)
    assert all('"schema":1' in snapshot for snapshot, _ in before)
    assert verify(migrated.pk).faults == []
    assert list(Inspection().faults()) == []
    assert kept(migrated) == before


def test_a_change_by_hand_is_found_in_the_new_columns_too(migrated):
    HistoricalEvent.objects.filter(version=2).update(color="red")
    (fault,) = verify(migrated.pk).faults
    assert (fault.version, fault.code) == (2, "columns")


def test_what_was_there_is_gone_back_to(migrated, owner):
    event = versions.roll_back(migrated.pk, 2, by=owner)
    assert (event.place, event.color, event.version) == ("Room 4", "blue", 6)
    assert version(migrated, 6).content == version(migrated, 2).content
    assert '"schema":2' in version(migrated, 6).snapshot
    assert verify(migrated.pk).faults == []


def test_what_changed_is_taken_back(migrated, owner):
    event = versions.undo_version(migrated.pk, 5, by=owner)
    assert (event.place, event.metadata) == ("Room 5", {"n": 1.0})
    assert verify(migrated.pk).faults == []


def test_both_schemas_stand_in_one_chain(migrated, owner):
    edit(migrated.pk, by=owner, content={"color": "red"})
    edit(migrated.pk, by=owner, content={"description": "Late"}, base_version=1)
    schemas = [snapshot[-2] for snapshot, _ in kept(migrated)]
    assert schemas == ["1", "1", "1", "1", "1", "2", "2"]
    assert diffing.changes(version(migrated, 1).content, version(migrated, 6).content)[-1] == {
        "field": "color",
        "from": "blue",
        "to": "red",
    }
    assert list(Inspection().faults()) == []


def test_afterwards_all_is_as_it_was(event):
    assert {"location", "transparency"} < {field.name for field in HistoricalEvent._meta.fields}
    assert not hasattr(Event, "color")
    assert verify(event.pk).faults == []
