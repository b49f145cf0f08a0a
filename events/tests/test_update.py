import pytest

from accounts.tests.bodies import errors_in
from events.models import Event, HistoricalEvent
from events.tests.factories import EventFactory, body


def changed(response) -> dict:
    assert response.status_code == 200, response.content
    return response.json()


def version_numbers(event) -> list[int]:
    return sorted(HistoricalEvent.objects.of_event(event.pk).values_list("version", flat=True))


def test_patch_changes_what_is_given(api, editor, event, url):
    before = api(editor).get(url).json()
    after = changed(api(editor).patch(url, {"title": "Review", "tags": ["q2"]}))

    moved = {"title", "tags", "version", "updated_at", "updated_by"}
    assert {name for name in before if before[name] != after[name]} == moved
    assert (after["title"], after["tags"], after["version"]) == ("Review", ["q2"], 2)
    assert after["updated_by"] == {"id": str(editor.pk), "username": "editor"}


def test_an_update_is_a_version_with_author_and_note(api, editor, event, url):
    response = api(editor).patch(url, {"location": "Hut", "note": "as agreed"})
    version = HistoricalEvent.objects.of_event(event.pk).get(version=2)
    assert (version.action, version.location) == ("updated", "Hut")
    assert version.history_user_id == editor.pk
    assert version.history_change_reason == "as agreed"
    assert response["X-Change-Set"] == str(version.change_set)


def test_put_takes_what_is_left_out_back_to_its_default(api, owner):
    event = EventFactory(
        by=owner,
        description="Long",
        location="Hut",
        status="tentative",
        transparency="transparent",
        tags=["a"],
        metadata={"k": 1},
        timezone="Europe/Berlin",
    )
    after = changed(api(owner).put(f"/api/events/{event.pk}", body(title="Review")))

    assert after["title"] == "Review"
    assert after["timezone"] == "Europe/Berlin"
    defaults = ("", "", "confirmed", "opaque", [], {})
    names = ("description", "location", "status", "transparency", "tags", "metadata")
    assert tuple(after[name] for name in names) == defaults


def test_put_asks_for_what_has_no_default(api, editor, url):
    required = {"required"}
    errors = {"title": required, "start_time": required, "end_time": required}
    assert errors_in(api(editor).put(url, {"location": "Hut"})) == errors


def test_what_a_get_answers_may_come_back_in_a_put(api, editor, url):
    client = api(editor)
    event = client.get(url).json()
    after = changed(client.put(url, {**event, "location": "Hut"}))
    assert (after["location"], after["version"], after["title"]) == ("Hut", 2, event["title"])


def test_a_row_of_the_list_may_come_back_in_a_put(api, owner, url):
    client = api(owner)
    (row,) = client.get("/api/events").json()["results"]
    assert changed(client.put(url, {**row, "location": "Hut"}))["version"] == 2


def test_read_only_fields_are_ignored(api, editor, event, url):
    sent = {"id": "x", "version": 9, "role": "owner", "owner": 1, "uid": 3, "created_at": None}
    after = changed(api(editor).patch(url, sent))
    assert (after["id"], after["version"], after["role"]) == (str(event.pk), 1, "editor")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_write_that_changes_nothing_makes_no_version(api, editor, event, url, method):
    client = api(editor)
    before = client.get(url)
    response = getattr(client, method)(url, before.json())

    assert changed(response) == before.json()
    assert "X-Change-Set" not in response
    assert response["ETag"] == before["ETag"]
    assert version_numbers(event) == [1]


def test_an_empty_patch_makes_no_version(api, editor, event, url):
    assert changed(api(editor).patch(url, {}))["version"] == 1
    assert version_numbers(event) == [1]


@pytest.mark.parametrize(
    "same", [{"title": " Planning "}, {"start_time": "2026-03-02T10:00:00+01:00"}, {"note": "?"}]
)
def test_the_same_value_in_other_words_changes_nothing(api, editor, url, same):
    assert changed(api(editor).patch(url, same))["version"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"1", b"1.0"),
        (b"1", b"true"),
        (b"0", b"false"),
        (b"0.0", b"0"),
        (b"[1]", b"[true]"),
        (b'{"b": 1}', b'{"b": 1.0}'),
        (b'"1"', b"1"),
        (b"null", b"false"),
    ],
)
def test_different_json_values_in_metadata_are_a_change(api, editor, event, url, one, other):
    client = api(editor)
    for version, value in ((2, one), (3, other)):
        data = b'{"metadata": {"a": ' + value + b"}}"
        response = client.patch(url, data, content_type="application/json")
        assert changed(response)["version"] == version
    (change,) = client.get(f"{url}/diff/2/3").json()["changes"]
    assert change["field"] == "metadata"
    patch = client.get(f"{url}/diff/2/3", headers={"Accept": "application/json-patch+json"})
    assert len(patch.json()) == 1


@pytest.mark.parametrize(
    "value", [b"1e15", b"1e16", b"1e17", b"1.5e18", b"1e19", b"1e29", b"-0.0", b"1e-9", b"1.50"]
)
def test_the_same_number_in_metadata_is_no_change(api, editor, url, value):
    client = api(editor)
    data = b'{"metadata": {"a": [{"b": ' + value + b"}]}}"
    versions = [
        changed(client.patch(url, data, content_type="application/json"))["version"]
        for _ in range(2)
    ]
    assert versions == [2, 2]


def test_the_order_of_keys_in_metadata_is_no_change(api, editor, url):
    client = api(editor)
    for metadata in ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}):
        assert changed(client.patch(url, {"metadata": metadata}))["version"] == 2


def test_the_order_of_tags_is_a_change(api, editor, url):
    client = api(editor)
    assert changed(client.patch(url, {"tags": ["a", "b"]}))["version"] == 2
    assert changed(client.patch(url, {"tags": ["b", "a"]}))["version"] == 3


def test_texts_are_trimmed_or_kept_as_at_creation(api, editor, url):
    sent = {"title": " T ", "location": " L ", "tags": [" g "], "description": " D "}
    after = changed(api(editor).patch(url, sent))
    assert (after["title"], after["location"], after["tags"]) == ("T", "L", ["g"])
    assert after["description"] == " D "


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"end_time": "2026-03-02T08:00:00Z"}, {"end_time": {"not_after_start"}}),
        ({"start_time": "2026-03-02T10:00:00Z"}, {"end_time": {"not_after_start"}}),
        ({"all_day": True}, {"start_time": {"not_midnight"}, "end_time": {"not_midnight"}}),
        ({"title": None}, {"title": {"null"}}),
        ({"colour": "red"}, {"colour": {"unknown_field"}}),
    ],
)
def test_a_refused_update_changes_nothing(api, editor, event, url, sent, errors):
    assert errors_in(api(editor).patch(url, sent)) == errors
    assert Event.objects.get(pk=event.pk).version == 1
    assert version_numbers(event) == [1]


def test_a_viewer_cannot_update(api, viewer, event, url):
    assert api(viewer).patch(url, {"title": "Mine"}).status_code == 403
    assert api(viewer).put(url, body(title="Mine")).status_code == 403
    assert version_numbers(event) == [1]


def test_versions_count_from_one_without_gaps(api, editor, event, url):
    client = api(editor)
    for title in ("A", "B", "B", "C"):
        client.patch(url, {"title": title})
    assert version_numbers(event) == [1, 2, 3, 4]


def test_put_keeps_the_dates_of_an_all_day_event_whose_timezone_it_changes(api, owner):
    event = EventFactory(
        by=owner,
        all_day=True,
        timezone="Europe/Berlin",
        start_time="2026-03-02",
        end_time="2026-03-03",
    )
    client, url = api(owner), f"/api/events/{event.pk}"
    after = changed(client.put(url, {**client.get(url).json(), "timezone": "Asia/Tokyo"}))
    assert after["start_time"] == "2026-03-01T15:00:00Z"
    assert after["end_time"] == "2026-03-02T15:00:00Z"
