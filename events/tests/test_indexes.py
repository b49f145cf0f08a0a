"""Each index is there for a request: with twenty thousand events, the planner reads it for that.

The statements are those that the requests send, run once more to be explained.
"""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from events import snapshots
from events.content import DEFAULTS, FIELDS
from events.models import Event
from events.tests.explaining import Plan, plans
from neofi.ids import uuid7

BUSY = "00000000-0000-0000-0000-000000000001"  # the first: the event with many versions and people
EVENTS, PEOPLE = 20_000, 2_000
SNAPSHOT = snapshots.written(
    {
        **DEFAULTS,
        "title": "Event",
        "timezone": "UTC",
        "start_time": datetime(2026, 1, 1, tzinfo=UTC),
        "end_time": datetime(2026, 1, 2, tzinfo=UTC),
    }
)

# Rows as the services write them, but in SQL: the triggers fill in what they always do.
MADE_OF = {
    "users": """
        INSERT INTO accounts_user (id, username, email, password, first_name, last_name, timezone,
            is_superuser, is_staff, is_active, date_joined)
        SELECT gen_random_uuid(), 'person-' || n, n || '@example.org', '', '', '',
            'UTC', false, false, true, now()
        FROM generate_series(1, %(people)s) n
    """,
    # Every tenth is in the trash; every thousandth live one has the rare word and the rare tag.
    "events": """
        INSERT INTO events_event (id, title, description, location, start_time, end_time, timezone,
            all_day, status, transparency, tags, metadata, exceptions, uid, version, field_versions,
            created_at, updated_at, history_at,
            history_head, moved_at, deleted_at)
        SELECT uuid(lpad(to_hex(n), 32, '0')), 'Event ' || n,
            CASE WHEN n %% 1000 = 5 THEN 'needle' ELSE 'hay' END, '',
            timestamptz '2026-01-01 00:00Z' + n * interval '1 hour',
            timestamptz '2026-01-01 01:00Z' + n * interval '1 hour', 'UTC', false, 'confirmed',
            'opaque', CASE WHEN n %% 1000 = 5 THEN array['rare'] ELSE array['team'] END,
            '{}', '{}', n, CASE WHEN n = 1 THEN 5000 ELSE 1 END, '{}',
            now(), now() - (n * 7919 %% 20000) * interval '1 minute', now(), '', now(),
            CASE WHEN n %% 10 = 0 THEN now() END
        FROM generate_series(1, %(events)s) n
    """,
    "grants": """
        INSERT INTO events_grant (event_id, user_id, role, granted_at, event_moved_at,
            event_start_time, event_end_time, event_status, event_updated_at)
        SELECT id, %(caller)s, 'owner', now(), now(), now(), now(), '', now() FROM events_event
        UNION ALL SELECT %(busy)s, id, 'viewer', now(), now(), now(), now(), '', now()
            FROM accounts_user
            WHERE username LIKE 'person-%%'
    """,
    "versions": """
        INSERT INTO events_historicalevent (id, version, history_date, history_type, action,
            change_set, history_user_id, history_change_reason, uid, created_at, updated_at,
            hash, snapshot, {fields})
        SELECT id, n, now() + n * interval '1 second', '~', 'updated', %(change_set)s, %(caller)s,
            '', uid, created_at, updated_at, '', %(snapshot)s, {fields}
        FROM events_event, generate_series(1, CASE WHEN id = %(busy)s THEN 5000 ELSE 1 END) n
    """,
    "access": """
        INSERT INTO events_historicalgrant (id, event_id, user_id, role, history_date, history_type,
            action, change_set, history_user_id, history_change_reason)
        SELECT id, event_id, user_id, role, now() + id * interval '1 second', '+', 'shared',
            %(change_set)s, %(caller)s, ''
        FROM events_grant
    """,
}
TABLES = "accounts_user, events_event, events_grant, events_historicalevent, events_historicalgrant"


@pytest.fixture(scope="module")
def crowded(django_db_setup, django_db_blocker):
    """The id of the caller whose calendar it is."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        with transaction.atomic():
            caller = UserFactory(username="caller")
            fill(cursor, caller.pk)
        cursor.execute(f"ANALYZE {TABLES}")
        yield caller.pk
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")


def fill(cursor, caller) -> None:
    values = {"caller": caller, "busy": BUSY, "change_set": uuid7(), "snapshot": SNAPSHOT}
    for statement in MADE_OF.values():
        filled = statement.replace("{fields}", ", ".join(FIELDS))
        cursor.execute(filled, {**values, "events": EVENTS, "people": PEOPLE})


@pytest.fixture
def client(api, crowded):
    return api(User.objects.get(pk=crowded))


def last_plan(client, url: str, but: int = 0) -> Plan:
    """Of the last statement that this request sends, or the one before as many others."""
    plan = plans(client, url)[-1 - but]
    assert not {name for name in plan.scanned_whole if name.startswith("events_")}, plan
    return plan


def indexes_read(client, url: str, but: int = 0) -> set[str]:
    return last_plan(client, url, but).indexes


def middle(client, url: str) -> str:
    """The URL of the page behind the first one."""
    return client.get(url).json()["next"]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "grant_calendar_idx"),
        ("?ordering=start_time&page_size=100", "grant_calendar_idx"),
        ("?ordering=-start_time", "grant_calendar_idx"),
        ("?from=2026-03-01&to=2026-04-01", "grant_calendar_idx"),
        ("?ordering=updated_at", "grant_recent_idx"),
        ("?ordering=-updated_at", "grant_recent_idx"),
        ("?deleted=true", "grant_trash_idx"),
        ("?deleted=true&ordering=-start_time", "grant_trash_idx"),
    ],
)
def test_a_page_of_the_calendar_is_cut_in_an_index(client, query, index):
    url = f"/api/events{query}"
    assert index in indexes_read(client, url)
    assert index in indexes_read(client, middle(client, url))


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("", 1),
        ("updated_since=2020-01-01&", 2),
        ("from=2020-01-01&", 2),
        ("ordering=-updated_at&", 2),
    ],
)
def test_filters_and_orders_join_the_callers_grant_no_second_time(client, query, parts):
    url = f"/api/events?{query}to=2099-01-01&status=confirmed"
    url += "&role=owner&owner=caller&tag=team&search=hay"
    for address in (url, middle(client, url)):
        assert last_plan(client, address).sql.count('"events_grant"') == parts


def test_what_changed_lately_is_found_by_an_index(client):
    first = client.get("/api/events?ordering=-updated_at").json()["results"][10]
    url = f"/api/events?updated_since={first['updated_at']}&ordering=updated_at"
    assert "grant_recent_idx" in indexes_read(client, url)


@pytest.mark.parametrize(
    ("query", "index"),
    [("search=needle", "event_search_idx"), ("tag=rare", "event_tags_idx")],
)
def test_a_rare_word_or_tag_is_found_by_an_index(client, query, index):
    assert index in indexes_read(client, f"/api/events?{query}")


@pytest.mark.parametrize(
    ("path", "indexes"),
    [
        ("history", {"version_unique_per_event"}),
        ("history/77", {"version_unique_per_event"}),
        ("diff/7/4321", {"version_unique_per_event"}),
        ("changelog", {"version_instant_unique", "access_changelog_idx"}),
        ("permissions", {"grant_permissions_idx"}),
    ],
)
def test_what_belongs_to_one_event_is_found_by_an_index(client, path, indexes):
    assert indexes <= indexes_read(client, f"/api/events/{BUSY}/{path}")


def test_verifying_reads_one_event_by_indexes(client):
    url = f"/api/events/{BUSY}/history/verify"
    # Those that begin with the event are as good as each other, to read all of it.
    versions = {"version_unique_per_event", "version_instant_unique"}
    for but, of_its_own in ((2, versions), (1, {"span_version_idx"}), (0, {"stay_event_idx"})):
        assert indexes_read(client, url, but) <= versions | of_its_own
        assert indexes_read(client, url, but) & of_its_own


def test_old_trash_is_found_by_an_index(crowded):
    month_ago = datetime(2026, 1, 1, tzinfo=UTC)
    old = Event.objects.in_trash_since(month_ago).order_by("deleted_at", "pk")
    assert "event_trash_age_idx" in old.values_list("pk")[:100].explain()


@pytest.mark.parametrize("path", ["history", "changelog", "permissions"])
def test_a_page_in_the_middle_is_found_by_the_same_index(client, path):
    url = f"/api/events/{BUSY}/{path}?page_size=50"
    later = client.get(middle(client, url)).json()
    expected = indexes_read(client, url)
    assert indexes_read(client, later["next"]) >= expected
    assert indexes_read(client, later["previous"]) >= expected
