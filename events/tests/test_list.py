"""What the list of events shows, and what narrows it."""

import pytest
from django.utils.http import urlencode

from accounts.tests.bodies import errors_in
from accounts.tests.factories import UserFactory
from events.services.writing import delete_event
from events.tests.factories import EventFactory, edit, shared

URL = "/api/events"


def listed(client, **params) -> list[dict]:
    response = client.get(f"{URL}?{urlencode(params, doseq=True)}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def titles(client, **params) -> list[str]:
    return [row["title"] for row in listed(client, **params)]


def at(hour: int, end: int | None = None, day: str = "2026-03-02") -> dict[str, str]:
    end = hour + 1 if end is None else end
    return {"start_time": f"{day}T{hour:02}:00:00Z", "end_time": f"{day}T{end:02}:00:00Z"}


@pytest.fixture
def calendar(owner, editor, stranger):
    """What the owner sees: A is the owner's own, B and C are shared by others."""
    first = EventFactory(
        by=owner,
        title="A",
        tags=["team", "plan"],
        description="the quarterly road map",
        **at(9),
    )
    second = EventFactory(by=editor, title="B", tags=["team"], status="tentative", **at(11))
    third = EventFactory(
        by=stranger, title="C", location="Road house", status="cancelled", **at(13)
    )
    shared(second, {owner: "viewer"})
    shared(third, {owner: "editor"})
    return [first, second, third]


def test_one_sees_ones_own_and_what_is_shared(api, owner, editor, viewer, calendar):
    assert titles(api(owner)) == ["A", "B", "C"]
    assert titles(api(editor)) == ["B"]
    assert titles(api(viewer)) == []


def test_each_row_has_the_callers_role_and_the_owner(api, owner, calendar):
    rows = listed(api(owner))
    assert [row["role"] for row in rows] == ["owner", "viewer", "editor"]
    assert [row["owner"]["username"] for row in rows] == ["owner", "editor", "stranger"]
    assert rows[1]["capabilities"] == ["read", "leave"]
    assert rows[2]["capabilities"] == ["read", "edit", "leave"]


def test_a_row_is_the_event_with_its_tag(api, owner, calendar):
    client = api(owner)
    for row in listed(client):
        response = client.get(f"{URL}/{row['id']}")
        tag = row.pop("etag")
        assert row == response.json()
        assert response["ETag"].startswith(tag.rstrip('"'))


def test_other_peoples_access_doubles_no_row(api, owner, editor, viewer, stranger, calendar):
    shared(calendar[0], {editor: "viewer", viewer: "viewer", stranger: "editor"})
    assert titles(api(owner)) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("start_time", ["A", "B", "C"]),
        ("-start_time", ["C", "B", "A"]),
        ("updated_at", ["B", "C", "A"]),
        ("-updated_at", ["A", "C", "B"]),
    ],
)
def test_the_list_is_ordered(api, owner, calendar, ordering, expected):
    edit(calendar[0].pk, by=owner, content={"location": "Hut"})
    assert titles(api(owner), ordering=ordering) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"role": "owner"}, "A"),
        ({"role": "viewer"}, "B"),
        ({"role": "editor"}, "C"),
        ({"status": "confirmed"}, "A"),
        ({"status": "tentative"}, "B"),
        ({"status": "cancelled"}, "C"),
        ({"tag": "team"}, "AB"),
        ({"tag": ["team", "plan"]}, "A"),
        ({"tag": ["plan", "team"]}, "A"),
        ({"tag": "tea"}, ""),
        ({"tag": "TEAM"}, ""),
        ({"owner": "editor"}, "B"),
        ({"owner": "EDITOR"}, "B"),
        ({"owner": "nobody"}, ""),
        ({"search": "quarterly"}, "A"),
        ({"search": "QUARTERLY map"}, "A"),
        ({"search": '"road map"'}, "A"),
        ({"search": "road"}, "AC"),
        ({"search": "road -house"}, "A"),
        ({"search": "quarterly or house"}, "AC"),
        ({"search": "c"}, "C"),
        ({"search": "quart"}, ""),
        ({"search": "it's (odd & \\ :*!"}, ""),
        ({"deleted": "false"}, "ABC"),
        ({"tag": "team", "status": "tentative"}, "B"),
        ({"search": "road", "role": "editor"}, "C"),
        ({"tag": "team", "from": "2026-03-02T10:30:00Z"}, "B"),
        ({"owner": "owner", "role": "viewer"}, ""),
        (
            {
                "search": "road",
                "owner": "stranger",
                "status": "cancelled",
                "ordering": "-updated_at",
            },
            "C",
        ),
    ],
)
def test_filters_narrow_the_list(api, owner, calendar, params, expected):
    assert "".join(sorted(titles(api(owner), **params))) == expected


def test_the_owner_may_be_named_by_id(api, owner, editor, calendar):
    assert titles(api(owner), owner=str(editor.pk)) == ["B"]
    assert titles(api(owner), owner=str(editor.pk).upper()) == ["B"]


def test_a_filter_never_shows_what_one_may_not_see(api, owner, viewer, calendar):
    client = api(viewer)
    for params in (
        {"owner": "owner"},
        {"owner": str(owner.pk)},
        {"tag": "team"},
        {"search": "road"},
    ):
        assert titles(client, **params) == []


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"from": "2026-03-02T09:59:59.999999Z"}, "ABC"),
        ({"from": "2026-03-02T10:00:00Z"}, "BC"),
        ({"to": "2026-03-02T11:00:00Z"}, "A"),
        ({"to": "2026-03-02T11:00:00.000001Z"}, "AB"),
        ({"from": "2026-03-02T10:00:00Z", "to": "2026-03-02T11:00:00Z"}, ""),
        ({"from": "2026-03-02T11:15:00Z", "to": "2026-03-02T11:45:00Z"}, "B"),
        ({"from": "2026-03-02T12:15:00+02:00", "to": "2026-03-02T13:15:00+02:00"}, "B"),
        ({"from": "2026-03-02", "to": "2026-03-03"}, "ABC"),
        ({"from": "2026-03-03"}, ""),
        ({"to": "2026-03-02"}, ""),
        ({"from": "0001-01-03"}, "ABC"),
        ({"to": "9999-12-28"}, "ABC"),
    ],
)
def test_the_window_holds_what_overlaps_it(api, owner, calendar, window, expected):
    assert "".join(titles(api(owner), **window)) == expected


def test_the_window_without_offset_is_read_in_the_callers_zone(api, db):
    user = UserFactory(timezone="Australia/Lord_Howe")  # UTC+11 in March
    EventFactory(by=user, title="before", **at(12, day="2026-03-01"))
    EventFactory(by=user, title="within", **at(13, day="2026-03-01"))
    client = api(user)
    assert titles(client, **{"from": "2026-03-02"}) == ["within"]
    assert titles(client, **{"from": "2026-03-02T00:00"}) == ["within"]
    assert titles(client, to="2026-03-02") == ["before"]


def test_updated_since_includes_its_instant(api, owner, calendar):
    client = api(owner)
    second = listed(client, ordering="updated_at")[1]
    assert titles(client, updated_since=second["updated_at"]) == ["B", "C"]
    delete_event(calendar[0].pk, by=owner)
    assert titles(client, updated_since=second["updated_at"]) == ["B", "C"]


def test_the_trash_is_ones_own(api, owner, editor, stranger, calendar):
    delete_event(calendar[0].pk, by=owner)
    delete_event(calendar[1].pk, by=editor)

    client = api(owner)
    assert titles(client) == ["C"]
    (row,) = listed(client, deleted="true")
    assert (row["title"], row["role"], row["version"]) == ("A", "owner", 2)
    assert row["deleted_at"] == row["updated_at"]
    assert titles(api(editor), deleted="true") == ["B"]
    assert titles(api(stranger), deleted="true") == []


def test_the_trash_takes_filters_and_orders(api, owner):
    for number in (1, 2, 3):
        event = EventFactory(by=owner, title=str(number), tags=[f"t{number % 2}"], **at(number))
        delete_event(event.pk, by=owner)
    client = api(owner)
    assert titles(client, deleted="true", ordering="-start_time") == ["3", "2", "1"]
    assert titles(client, deleted="true", tag="t1", ordering="-updated_at") == ["3", "1"]
    assert titles(client, deleted="true", to="2026-03-02T02:00Z") == ["1"]


def test_live_rows_have_no_deleted_at(api, owner, calendar):
    assert all("deleted_at" not in row for row in listed(api(owner)))


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("colour=red", {"colour": {"unknown_parameter"}}),
        ("role=admin", {"role": {"invalid_choice"}}),
        ("status=done", {"status": {"invalid_choice"}}),
        ("from=yesterday", {"from": {"invalid"}}),
        ("to=2026-02-30", {"to": {"invalid"}}),
        ("updated_since=1", {"updated_since": {"invalid"}}),
        ("from=0001-01-01", {"from": {"out_of_range"}}),
        ("deleted=yes", {"deleted": {"invalid"}}),
        ("deleted=true%20", {"deleted": {"invalid"}}),
        ("ordering=title", {"ordering": {"invalid"}}),
        ("search=a&search=b", {"search": {"repeated_parameter"}}),
        ("search=%00", {"search": {"null_characters_not_allowed"}}),
        ("tag=%00", {"tag": {"null_characters"}}),
        ("owner=%00", {"owner": {"null_characters_not_allowed"}}),
        ("role=admin&from=x", {"role": {"invalid_choice"}, "from": {"invalid"}}),
    ],
)
def test_a_bad_parameter_is_named(api, owner, query, errors):
    assert errors_in(api(owner).get(f"{URL}?{query}")) == errors


def test_an_empty_list_is_a_page_too(api, stranger):
    page = {"next": None, "previous": None, "results": []}
    assert api(stranger).get(URL).json() == page
