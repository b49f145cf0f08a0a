"""The calendar as it was is read by indexes, whatever has happened since.

Twenty thousand events of one person and four thousand of another, each with four versions: created
through June, retitled in July, every tenth moved in August, retitled in September. Every thousandth
has the rare word and the rare tag.
"""

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from events.content import FIELDS
from events.tests.explaining import plans
from events.tests.test_indexes import SNAPSHOT, TABLES
from neofi.ids import uuid7

EVENTS = 24_000
AT = """(CASE v WHEN 1 THEN timestamptz '2025-06-01Z' + n * interval '1 minute'
    ELSE timestamptz '2025-05-01Z' + v * interval '1 month' + n * interval '10 seconds' END)"""
MADE_OF = {
    "events": """
        INSERT INTO events_event (id, title, description, location, start_time, end_time, timezone,
            all_day, status, transparency, tags, metadata, exceptions, uid, version, field_versions,
            created_at, updated_at, history_at, history_head, moved_at)
        SELECT uuid(lpad(to_hex(n), 32, '0')), 'Event',
            CASE WHEN n %% 1000 = 5 THEN 'needle' ELSE 'hay' END, '',
            timestamptz '2026-01-01Z' + n * 7919 %% %(events)s * interval '1 hour',
            timestamptz '2026-01-01 01:00Z' + n * 7919 %% %(events)s * interval '1 hour',
            'UTC', false, 'confirmed', 'opaque',
            CASE WHEN n %% 1000 = 5 THEN array['rare'] ELSE array['team'] END,
            '{}', '{}', n, 4, '{}',
            timestamptz '2025-06-01Z' + n * interval '1 minute', {at}, {at}, '',
            CASE WHEN n %% 10 = 3 THEN timestamptz '2025-08-01Z' + n * interval '10 seconds'
                ELSE timestamptz '2025-06-01Z' + n * interval '1 minute' END
        FROM generate_series(1, %(events)s) n, (VALUES (4)) x (v)
    """,
    "grants": """
        INSERT INTO events_grant (event_id, user_id, role, granted_at, event_moved_at,
            event_start_time, event_end_time, event_status, event_updated_at)
        SELECT id, CASE WHEN uid::int %% 6 = 5 THEN %(other)s ELSE %(caller)s END, 'owner', now(),
            now(), now(), now(), '', now()
        FROM events_event
    """,
    "versions": """
        INSERT INTO events_historicalevent (id, version, history_date, history_type, action,
            change_set, history_user_id, history_change_reason, uid, created_at, updated_at,
            hash, snapshot, {fields})
        SELECT id, v, {at}, '~', 'updated', %(change_set)s, %(caller)s, '', n, created_at, {at},
            '', replace(%(snapshot)s, '2026-01-01T00:00:00Z', {written}), {moved}
        FROM (SELECT *, uid::int AS n FROM events_event) e, generate_series(1, 4) v
        ORDER BY v
    """,
}
MOVED = """start_time - CASE WHEN n %% 10 = 3 AND v < 3 THEN interval '1 day'
    ELSE interval '0' END"""
# Pages go by the content, which is read from the snapshot.
WRITTEN = f"""to_char(({MOVED}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


@pytest.fixture(scope="module")
def eventful(django_db_setup, django_db_blocker):
    """The ids of the two people."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        with transaction.atomic():
            people = [UserFactory(username=name).pk for name in ("caller", "other")]
            fill(cursor, *people)
        cursor.execute(f"ANALYZE {TABLES}, events_span, events_stay")
        yield people
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")


def fill(cursor, caller, other) -> None:
    values = {"caller": caller, "other": other, "change_set": uuid7(), "snapshot": SNAPSHOT}
    names = {"at": AT, "fields": ", ".join(FIELDS)}
    names["moved"] = names["fields"].replace("start_time", MOVED)
    names["written"] = WRITTEN
    for statement in MADE_OF.values():
        for name, text in names.items():
            statement = statement.replace(f"{{{name}}}", text)
        cursor.execute(statement, {**values, "events": EVENTS})


@pytest.fixture(params=[0, 1], ids=["caller", "other"])
def client(request, api, eventful):
    return api(User.objects.get(pk=eventful[request.param]))


def indexes_read(client, url: str, *, whole=("events_stay",)) -> set[str]:
    """Where nearly all places were left later, the two thousand of them may be read as they lie."""
    plan = plans(client, url)[-1]
    read_whole = plan.scanned_whole.difference(whole)
    assert not {name for name in read_whole if name.startswith("events_")}, plan
    return plan.indexes


CALENDAR, RECENT = "grant_calendar_idx", "grant_recent_idx"


@pytest.mark.parametrize(
    ("at", "ordering", "indexes"),
    [
        # Nothing has happened since; all are retitled since, and none is moved.
        ("2026-01-01", "start_time", {CALENDAR, "stay_left_idx"}),
        ("2025-08-20", "-start_time", {CALENDAR, "stay_left_idx"}),
        ("2026-01-01", "-updated_at", {RECENT}),
        # Every tenth is moved since.
        ("2025-07-25", "start_time", {CALENDAR, "stay_calendar_idx"}),
        ("2025-07-25", "-start_time", {CALENDAR, "stay_calendar_idx"}),
        # All are retitled since.
        ("2025-07-25", "updated_at", {RECENT, "span_recent_idx"}),
        ("2025-07-25", "-updated_at", {RECENT, "span_recent_idx"}),
        # Most were not there yet.
        ("2025-06-01T01:00Z", "start_time", {"grant_moved_idx"}),
        ("2025-06-01T01:00Z", "-updated_at", {"span_recent_idx"}),
    ],
)
def test_a_page_of_the_past_is_cut_in_indexes(client, at, ordering, indexes):
    url = f"/api/events?as_of={at}&ordering={ordering}&page_size=5"
    assert indexes <= indexes_read(client, url)
    # Of the others, which one is best depends on how much is behind the page.
    middle = client.get(url).json()["next"]
    assert indexes & {CALENDAR, RECENT} <= indexes_read(client, middle)
    assert indexes & {CALENDAR, RECENT} <= indexes_read(
        client, client.get(middle).json()["previous"]
    )


@pytest.mark.parametrize(
    ("query", "index"),
    [("search=needle", "version_search_idx"), ("tag=rare", "version_tags_idx")],
)
def test_a_rare_word_or_tag_of_the_past_is_found_by_an_index(client, query, index):
    for at in ("2026-01-01", "2025-07-25"):
        url = f"/api/events?as_of={at}&{query}"
        # A sixth of all events is the other's: to join those that moved may be as good.
        assert index in indexes_read(client, url, whole=("events_stay", "events_event"))


def test_an_event_as_it_was_is_found_by_an_index(client):
    event = client.get("/api/events?page_size=1").json()["results"][0]["id"]
    indexes = indexes_read(client, f"/api/events/{event}?as_of=2025-07-25")
    assert {"events_event_pkey", "span_version_idx", "events_historicalevent_pkey"} <= indexes
