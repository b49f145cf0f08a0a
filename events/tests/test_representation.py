"""Serializers that write by hand write just what they declare, which is what the docs show."""

import pytest
from rest_framework.serializers import BaseSerializer

from collaboration.serializers.sharing import GrantSerializer
from events.content import FIELDS
from events.models import Event, Grant, HistoricalEvent
from events.models.event import Status, Transparency
from events.roles import CAPABILITIES, Role
from events.serializers.events import (
    ContentSerializer,
    EventRowSerializer,
    EventSerializer,
    EventWriteSerializer,
    SnapshotSerializer,
)
from events.serializers.versions import (
    AuthorshipSerializer,
    BlameSerializer,
    ChangelogRowSerializer,
    ChangeSerializer,
    DetailedChangeSerializer,
    DiffSerializer,
    VersionRowSerializer,
    VersionSerializer,
)


def declared(serializer: type[BaseSerializer], *optional: str) -> set[str]:
    return {name for name in serializer().fields if name not in optional}


@pytest.fixture
def seen(viewer, event):
    return Event.objects.visible_to(viewer).as_seen_by_caller().get()


@pytest.fixture
def row(event):
    return HistoricalEvent.objects.with_author().get()


def test_an_event_is_written_as_declared(seen):
    assert EventSerializer(seen).data.keys() == declared(EventSerializer, "merged_from")


def test_a_row_of_the_list_is_written_as_declared(seen):
    live = declared(EventRowSerializer, "deleted_at", "merged_from")
    assert EventRowSerializer(seen).data.keys() == live
    seen.deleted_at = seen.updated_at
    assert EventRowSerializer(seen).data.keys() == live | {"deleted_at"}


@pytest.mark.parametrize(
    "serializer", [AuthorshipSerializer, VersionRowSerializer, VersionSerializer]
)
def test_a_version_is_written_as_declared(row, serializer):
    assert serializer(row).data.keys() == declared(serializer)


def test_a_grant_is_written_as_declared(event):
    grant = Grant.objects.select_related("user", "granted_by").first()
    assert GrantSerializer(grant).data.keys() == declared(GrantSerializer)


def test_the_content_is_one_list_of_fields_everywhere(row):
    assert tuple(VersionSerializer(row).data["event"]) == FIELDS
    for serializer in (SnapshotSerializer, ContentSerializer, BlameSerializer):
        assert tuple(serializer().fields) == FIELDS
    assert set(FIELDS) <= {field.name for field in Event._meta.fields}


def test_what_an_event_answers_may_be_sent_or_is_ignored():
    writable = set(EventWriteSerializer().fields) | EventWriteSerializer.ignored
    assert set(EventRowSerializer().fields) <= writable


def test_a_diff_is_written_as_declared(api, editor, event):
    client, url = api(editor), f"/api/events/{event.pk}"
    client.patch(url, {"title": "Review", "description": "one\ntwo"})
    diff = client.get(f"{url}/diff/1/2").json()
    assert diff.keys() == declared(DiffSerializer)
    title, description = diff["changes"]
    assert title.keys() == declared(DetailedChangeSerializer, "user", "diff")
    assert description.keys() == declared(DetailedChangeSerializer, "user")


def test_the_changelog_is_written_as_declared(api, editor, event):
    access, _, created = api(editor).get(f"/api/events/{event.pk}/changelog").json()["results"]
    for row in (access, created):
        assert row.keys() == declared(ChangelogRowSerializer)
    assert access["changes"][0].keys() == declared(ChangeSerializer)
    assert created["changes"][0].keys() == declared(ChangeSerializer, "user")


def test_models_show_as_people_name_them(event):
    assert str(event) == "Planning"
    grant = Grant.objects.get(event=event, role="owner")
    assert str(grant) == f"owner {grant.user_id} on {event.pk}"


def test_the_choices_are_those_of_the_contract():
    assert Status.values == ["confirmed", "tentative", "cancelled"]
    assert Transparency.values == ["opaque", "transparent"]
    assert CAPABILITIES == {
        "viewer": ["read", "leave"],
        "editor": ["read", "edit", "leave"],
        "owner": ["read", "edit", "share", "delete", "transfer"],
    }


def test_a_role_includes_those_below_it():
    ladder = [Role.VIEWER, Role.EDITOR, Role.OWNER]
    for high, role in enumerate(ladder):
        assert [role.includes(other) for other in ladder] == [low <= high for low in range(3)]
        assert Role.at_least(role) == ladder[high:]
