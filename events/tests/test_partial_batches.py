"""`atomic: false`: each item is answered as if it had come alone, and a bad one stops no other."""

from functools import partial

import pytest

from accounts.tests.threads import at_once
from events import content
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.services.writing import delete_event
from events.tests.chains import assert_chained
from events.tests.factories import EventFactory, body, edit, shared
from events.tests.operations import URL, create, delete, patch, send
from neofi.tests.queries import queries
from neofi.tests.refusals import problem_in

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
UNTITLED = "No rule sees that this one will be empty"


@pytest.fixture
def careless(monkeypatch):
    """Rules that let an empty title through, so that only the database is left to refuse it."""
    compose = content.compose

    def composed(*args, **kwargs):
        found = compose(*args, **kwargs)
        return {**found, "title": ""} if found["title"] == UNTITLED else found

    monkeypatch.setattr(content, "compose", composed)


def results(response) -> list[dict]:
    assert response.status_code == 207, response.content
    return response.json()["results"]


def lax(client, *operations) -> list[dict]:
    return results(send(client, *operations, atomic=False))


def statuses(found: list[dict]) -> list[int]:
    return [result["status"] for result in found]


def test_each_item_is_answered_as_it_would_have_been_alone(api, editor, owner, event):
    seen, trash, other = (EventFactory(by=owner) for _ in range(3))
    shared(seen, {editor: "viewer"})
    shared(other, {editor: "editor"})
    delete_event(trash.pk, by=owner)
    edit(event.pk, by=owner, content={"title": "Theirs"})
    client = api(editor)
    writes = [
        (patch(event, location="Hut"), {}),
        (patch(other, end_time="2020-01-01T00:00Z"), {}),
        (patch(seen, title="A"), {}),
        (patch(trash, title="A"), {}),
        ({**patch(other, title="A"), "id": UNKNOWN}, {}),
        ({**patch(other, title="A"), "if_match": '"1-0"'}, {"If-Match": '"1-0"'}),
        ({**patch(event, title="Mine"), "base_version": 1}, {}),
        ({**patch(event, title="Mine"), "base_version": 7}, {}),
        ({**patch(event, tags=["x"]), "base_version": 1}, {}),
    ]
    found = lax(client, *(operation for operation, _ in writes))
    assert statuses(found) == [200, 400, 403, 404, 404, 412, 409, 400, 200]
    assert found[8]["event"]["merged_from"] == 1
    for (operation, headers), result in list(zip(writes, found, strict=True))[1:8]:
        single = client.patch(
            f"/api/events/{operation['id']}",
            operation["event"] | {n: operation[n] for n in ("base_version",) if n in operation},
            headers=headers,
        )
        alone, error = problem_in(single), result["error"]
        assert error.keys() == alone.keys()
        assert [error[name] for name in ("type", "title", "status", "code")] == [
            alone[name] for name in ("type", "title", "status", "code")
        ]
        assert [
            (e["field"].removeprefix("event."), e["code"]) for e in error.get("errors", ())
        ] == [(e["field"], e["code"]) for e in alone.get("errors", ())]
    assert_chained(event)


def test_malformed_items_stop_no_other(api, owner, event):
    bad = ["nothing", None, {"op": "move"}, {"op": "update", "event": {}}, create(title="")]
    response = send(
        api(owner), *bad, patch(event, title="A"), create(), delete(event), atomic=False
    )
    found = results(response)
    assert statuses(found) == [400] * 5 + [200, 201, 204]
    assert all(result["error"]["code"] == "invalid" for result in found[:5])
    assert [result.keys() for result in found] == [{"status", "error"}] * 5 + [
        {"status", "event"}
    ] * 3
    assert found[4]["error"]["errors"][0]["field"] == "event.title"
    assert found[7]["event"] is None
    sets = HistoricalEvent.objects.exclude(action="created").values_list("change_set", flat=True)
    assert {str(change_set) for change_set in sets} == {response["X-Change-Set"]}


def test_events_to_create_are_answered_one_by_one_too(api, owner):
    sent = {"events": [body(title="A"), body(title=""), "x", body(end_time="2020-01-01T00:00Z")]}
    response = api(owner).post(URL, {**sent, "atomic": False})
    found = results(response)
    assert statuses(found) == [201, 400, 400, 400]
    fields = [[e["field"] for e in result["error"]["errors"]] for result in found[1:]]
    assert fields == [["title"], [None], ["end_time"]]
    assert Event.objects.get().title == "A"


@pytest.mark.parametrize("operations", [[create()], [{}]])
def test_it_is_207_whatever_comes_of_it(api, owner, operations):
    response = send(api(owner), *operations, atomic=False)
    assert response.status_code == 207
    assert ("X-Change-Set" in response) == (statuses(results(response)) == [201])


def test_after_a_delete_and_after_a_refusal_the_rest_goes_on(api, owner, event):
    found = lax(
        api(owner),
        patch(event, title="A"),
        {**patch(event, title="B"), "base_version": 9},
        patch(event, location="Hut"),
        delete(event),
        patch(event, title="C"),
    )
    assert statuses(found) == [200, 400, 200, 204, 404]
    assert [found[n]["event"]["version"] for n in (0, 2)] == [2, 3]
    now = Event.objects.get(pk=event.pk)
    assert (now.title, now.location, now.version) == ("A", "Hut", 4)
    assert_chained(event)


def test_a_stranger_learns_nothing(api, stranger, event):
    found = lax(
        api(stranger),
        patch(event, title="A"),
        delete(event),
        {**patch(event), "base_version": 99},
        {**delete(event), "if_match": '"1-0"'},
        {"op": "delete", "id": UNKNOWN},
    )
    assert statuses(found) == [404] * 5
    assert [result["error"] for result in found] == [found[4]["error"]] * 5


def test_what_only_the_database_refuses_stops_no_other(api, owner, event, careless):
    other = EventFactory(by=owner)
    response = send(
        api(owner),
        create(title="New", note="made"),
        patch(event, location="Hut"),
        patch(event, title=UNTITLED, status="tentative"),
        {**patch(event, tags=["x"]), "base_version": 1},
        create(title=UNTITLED),
        patch(other, title=UNTITLED),
        patch(other, title="Fine"),
        "nothing",
        delete(event),
        atomic=False,
    )
    found = results(response)
    assert statuses(found) == [201, 200, 400, 200, 400, 400, 200, 400, 204]
    for number in (2, 4, 5):
        (error,) = found[number]["error"]["errors"]
        assert (error["field"], error["message"]) == ("event.title", "An event must have a title.")
    merged = found[3]["event"]
    assert (merged["version"], merged["merged_from"], merged["status"]) == (3, 1, "confirmed")
    assert (merged["tags"], merged["location"]) == (["x"], "Hut")

    new = Event.objects.get(title="New")
    written = HistoricalEvent.objects.filter(change_set=response["X-Change-Set"])
    assert {(row.id, row.version) for row in written} == {
        (new.pk, 1),
        (event.pk, 2),
        (event.pk, 3),
        (event.pk, 4),
        (other.pk, 2),
    }
    for one in (new, event, other):
        assert_chained(one)
    assert Event.objects.count() == Grant.objects.filter(role="owner").count() == 3
    assert HistoricalGrant.objects.filter(action="created").count() == 3


def test_what_only_the_database_refuses_is_refused_whole_in_an_atomic_batch(
    api, owner, event, careless
):
    response = send(api(owner), patch(event, location="Hut"), patch(event, title=UNTITLED))
    assert response.status_code == 400
    assert problem_in(response)["errors"][0]["message"] == "An event must have a title."
    assert Event.objects.get(pk=event.pk).version == 1


@pytest.mark.parametrize("size", [3, 60])
def test_refused_items_cost_nothing_more(api, owner, size):
    events = [EventFactory(by=owner) for _ in range(size)]
    client = api(owner)
    with queries(5):  # session; which are seen; lock; roles; events with versions
        found = lax(client, *(patch(one, title="A") for one in events), *["bad"] * size)
    assert statuses(found) == [200] * size + [400] * size


@pytest.mark.django_db(transaction=True)
def test_batches_that_fall_back_do_not_wait_for_each_other_in_a_circle(api, owner, careless):
    events = [EventFactory(by=owner) for _ in range(4)]
    operations = [patch(one, location="Hut") for one in events]
    bad = patch(events[0], title=UNTITLED)
    client = api(owner)
    calls = ([*operations, bad], [*operations[::-1], bad]) * 2
    answers = at_once(*(partial(send, client, *sent, atomic=False) for sent in calls))
    assert [statuses(results(answer)) for answer in answers] == [[200] * 4 + [400]] * 4
    for one in events:
        assert_chained(one)
