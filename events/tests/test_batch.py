import pytest

from accounts.tests.bodies import errors_in
from accounts.tests.factories import UserFactory
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.tests.factories import body

URL = "/api/events/batch"


def send(client, *events, **members):
    return client.post(URL, {"events": list(events), **members})


def created(response) -> list[dict]:
    assert response.status_code == 201, response.content
    return response.json()["results"]


def test_a_batch_answers_the_events_in_the_order_given(api, owner):
    titles = ["C", "A", "B"]
    results = created(send(api(owner), *(body(title=title) for title in titles)))
    assert [event["title"] for event in results] == titles
    assert [event["version"] for event in results] == [1, 1, 1]


def test_each_result_is_what_a_list_answers(api, owner):
    client = api(owner)
    results = created(send(client, body(title="A"), body(title="B", tags=["x"])))
    assert client.get("/api/events").json()["results"] == results


def test_a_batch_writes_what_creating_one_by_one_writes(api, owner):
    results = created(send(api(owner), body(), body(), body()))
    ids = [event["id"] for event in results]

    versions = HistoricalEvent.objects.filter(id__in=ids)
    assert [(v.version, v.action, v.history_user_id) for v in versions] == [
        (1, "created", owner.pk)
    ] * 3
    grants = Grant.objects.filter(event__in=ids)
    assert [(g.user, g.role, g.granted_by) for g in grants] == [(owner, "owner", owner)] * 3
    access = HistoricalGrant.objects.filter(event_id__in=ids)
    assert [(row.action, row.role) for row in access] == [("created", "owner")] * 3


def test_a_batch_is_one_change_set(api, owner):
    response = send(api(owner), body(), body())
    sets = HistoricalEvent.objects.values_list("change_set", flat=True)
    assert {str(change_set) for change_set in sets} == {response["X-Change-Set"]}


def test_each_item_has_a_note_of_its_own(api, owner):
    results = created(send(api(owner), body(note="one"), body(), body(note="three")))
    rows = HistoricalEvent.objects.order_by("id").values_list("history_change_reason", flat=True)
    assert list(rows) == ["one", "", "three"]
    assert [event["id"] for event in results] == sorted(event["id"] for event in results)


def test_an_item_without_timezone_is_in_the_users(api, db):
    user = UserFactory(timezone="Asia/Tokyo")
    sent = body(start_time="2026-03-02T09:00", end_time="2026-03-02T10:00")
    one, other = created(send(api(user), sent, {**sent, "timezone": "UTC"}))
    assert one["start_time"] == "2026-03-02T00:00:00Z"
    assert other["start_time"] == "2026-03-02T09:00:00Z"


def test_a_thousand_events_are_one_batch(api, owner):
    client = api(owner)
    titles = [f"Event {number}" for number in range(1000)]
    results = created(send(client, *(body(title=title) for title in titles)))
    assert [event["title"] for event in results] == titles
    for model in (Event, Grant, HistoricalEvent, HistoricalGrant):
        assert model.objects.count() == 1000


def test_one_bad_item_and_nothing_is_created(api, owner):
    response = send(api(owner), body(), body(title=""), body())
    assert errors_in(response) == {"events.1.title": {"blank"}}
    for model in (Event, Grant, HistoricalEvent, HistoricalGrant):
        assert not model.objects.exists()


def test_every_bad_item_is_named_whatever_is_wrong_with_it(api, owner):
    response = send(
        api(owner),
        body(title=""),
        body(),
        body(end_time="2020-01-01T00:00Z"),
        body(colour="red", status="done"),
        body(tags=["a", "a"], metadata={"k": "v" * 20_000}),
        "nothing",
        body(tags=["ok", ""]),
    )
    errors = errors_in(response)
    assert errors.pop("events.5") == {"invalid"}
    assert errors == {
        "events.0.title": {"blank"},
        "events.2.end_time": {"not_after_start"},
        "events.3.colour": {"unknown_field"},
        "events.3.status": {"invalid_choice"},
        "events.4.tags": {"doubled"},
        "events.4.metadata": {"too_large"},
        "events.6.tags.1": {"blank"},
    }


def test_rules_alone_name_every_bad_item_too(api, owner):
    late = body(end_time="2020-01-01T00:00Z")
    errors = errors_in(send(api(owner), late, body(), late))
    assert errors.keys() == {"events.0.end_time", "events.2.end_time"}


@pytest.mark.parametrize(
    ("members", "errors"),
    [
        ({}, {"events": {"required"}}),
        ({"events": []}, {"events": {"empty"}}),
        ({"events": None}, {"events": {"null"}}),
        ({"events": body()}, {"events": {"wrong_type"}}),
        ({"events": [{}] * 1001}, {"events": {"max_length"}}),
        ({"events": [body()], "atomic": "true"}, {"atomic": {"wrong_type"}}),
        ({"events": [body()], "colour": 1}, {"colour": {"unknown_field"}}),
    ],
)
def test_a_bad_batch_is_refused(api, owner, members, errors):
    assert errors_in(api(owner).post(URL, members)) == errors
    assert not Event.objects.exists()


def test_atomic_may_be_said(api, owner):
    assert len(created(send(api(owner), body(), atomic=True))) == 1
