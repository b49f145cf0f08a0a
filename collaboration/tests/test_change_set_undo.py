"""Taking back what one request did to content: whole, or not at all."""

import pytest

from accounts.tests.bodies import errors_in
from collaboration.tests.changes import (
    assert_nothing_left,
    create,
    delete,
    instants,
    operate,
    reasons_in,
    state,
    titles,
    undo,
    update,
    url_of,
)
from events.models import Event, HistoricalEvent
from events.services.versions import undo_version
from events.services.writing import delete_event, purge_event, restore_event
from events.tests.factories import EventFactory, edit, shared
from events.verifying.everything import Inspection


@pytest.fixture
def changed(api, editor, event, other):
    """The editor's change of two events in one request, each twice."""
    return operate(
        api(editor),
        update(event, title="Review", tags=["a"]),
        update(other, title="Review"),
        update(event, title="Retrospective"),
        update(other, title="Retrospective", location="Hut"),
    )


def actions(event) -> list[str]:
    rows = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(rows.values_list("action", flat=True))


def test_every_version_is_taken_back_by_one_of_its_own(api, editor, event, other, changed):
    response = undo(api(editor), changed, {"note": "not agreed"})
    assert response.status_code == 200
    assert titles([event, other]) == ["Planning", "Other"]
    for one in (event, other):
        rows = HistoricalEvent.objects.of_event(one.pk).filter(version__gt=3).order_by("version")
        assert [(r.version, r.action, r.source_version) for r in rows] == [
            (4, "undone", 3),
            (5, "undone", 2),
        ]
        assert {r.history_user_id for r in rows} == {editor.pk}
        assert {r.history_change_reason for r in rows} == {"not agreed"}
        assert {str(r.change_set) for r in rows} == {response["X-Change-Set"]}
        assert instants(one) == sorted(set(instants(one)))


def test_the_answer_is_the_new_change_set(api, editor, event, other, changed):
    client = api(editor)
    response = undo(client, changed)
    assert response["X-Change-Set"] == response.json()["id"] != changed["X-Change-Set"]
    assert response.json() == client.get(url_of(response)).json()
    assert {part["event"]: part["versions"] for part in response.json()["events"]} == {
        str(event.pk): [4, 5],
        str(other.pk): [4, 5],
    }


def test_what_came_since_stays(api, owner, editor, event, other, changed):
    edit(event.pk, by=owner, content={"description": "Scope"})
    edit(event.pk, by=owner, content={"tags": ["a", "b"]})
    undo(api(editor), changed)
    now = Event.objects.get(pk=event.pk)
    assert (now.title, now.description, now.tags) == ("Planning", "Scope", ["b"])


def test_a_creation_goes_to_the_trash(api, owner):
    client = api(owner)
    created = create(client, 2)
    undone = undo(client, created)
    assert [part["actions"] for part in undone.json()["events"]] == [["deleted"], ["deleted"]]
    assert client.get("/api/events").json()["results"] == []
    assert len(client.get("/api/events?deleted=true").json()["results"]) == 2


def test_a_deletion_is_restored(api, owner, event, other):
    client = api(owner)
    undone = undo(client, operate(client, update(event, title="Last"), delete(event)))
    (part,) = undone.json()["events"]
    assert part == {
        "event": str(event.pk),
        "versions": [4, 5],
        "actions": ["restored", "undone"],
    }
    assert titles([event]) == ["Planning"]
    assert Event.objects.get(pk=event.pk).deleted_at is None


def test_a_restoration_goes_to_the_trash_again(api, owner, event):
    client = api(owner)
    delete_event(event.pk, by=owner)
    restored = client.post(f"/api/events/{event.pk}/restore")
    undo(client, restored)
    assert actions(event) == ["created", "deleted", "restored", "deleted"]


@pytest.mark.parametrize(
    "do",
    [
        lambda client, event: create(client, 2),
        lambda client, event: operate(client, update(event, title="A")),
        lambda client, event: operate(client, update(event, title="A"), update(event, title="B")),
        lambda client, event: operate(client, update(event, title="A"), delete(event)),
        lambda client, event: client.post(f"/api/events/{event.pk}/rollback/1"),
    ],
    ids=["created", "updated", "updated twice", "updated and deleted", "rolled back"],
)
def test_an_undo_can_be_undone_again_and_again(api, owner, event, do):
    client = api(owner)
    edit(event.pk, by=owner, content={"title": "Review", "tags": ["a"]})
    done = do(client, event)
    after = standing()
    befores = []
    for _ in range(2):
        undone = undo(client, done)
        assert_nothing_left(client, done)
        befores.append(standing())
        done = undo(client, undone)
        assert_nothing_left(client, undone)
        assert standing() == after != befores[0]
    assert befores[0] == befores[1]
    assert list(Inspection().faults()) == []


def standing() -> list[tuple]:
    """What the events hold, and whether they are in the trash."""
    rows = Event.objects.order_by("pk").values_list("title", "tags", "deleted_at")
    return [(title, tags, deleted_at is not None) for title, tags, deleted_at in rows]


def test_what_somebody_took_back_already_is_left(api, owner, editor, event, other, changed):
    for version in (3, 2):
        undo_version(event.pk, version, by=owner)
    response = undo(api(editor), changed)
    assert [part["event"] for part in response.json()["events"]] == [str(other.pk)]
    assert titles([event, other]) == ["Planning", "Other"]


def test_an_event_that_was_thrown_away_by_hand_is_no_creation_any_more(api, owner):
    client = api(owner)
    created = create(client)
    delete_event(Event.objects.get().pk, by=owner)
    assert_nothing_left(client, created)


def test_clashes_are_named_and_nothing_is_written(api, owner, editor, event, other, changed):
    edit(event.pk, by=owner, content={"title": "Kick-off"})
    before = state()
    response = undo(api(editor), changed)
    assert reasons_in(response) == {(str(event.pk), "merge_conflict")}
    problem = response.json()
    assert problem["hidden"] == 0
    (reason,) = problem["reasons"]
    assert (reason["version"], reason["current_version"]) == (3, 4)
    assert reason["conflicts"] == [
        {
            "field": "title",
            "base": "Retrospective",
            "current": "Kick-off",
            "yours": "Review",
        }
    ]
    assert state() == before


def test_a_change_of_what_is_in_the_trash_since_is_not_taken_back(
    api, owner, editor, event, other, changed
):
    delete_event(event.pk, by=owner)
    response = undo(api(editor), changed)
    assert reasons_in(response) == {(str(event.pk), "in_trash")}
    assert titles([event, other]) == ["Retrospective", "Retrospective"]
    restore_event(event.pk, by=owner)
    assert undo(api(editor), changed).status_code == 200


def test_each_part_asks_for_the_role_of_its_inverse(api, owner, editor, viewer, event):
    editors = shared(EventFactory(by=editor), {owner: "editor", viewer: "viewer"})
    done = operate(api(owner), update(editors, title="A"), update(event, title="B"), delete(event))
    assert reasons_in(undo(api(viewer), done)) == {
        (str(event.pk), "permission_denied"),
        (str(editors.pk), "permission_denied"),
    }
    response = undo(api(editor), done)
    assert reasons_in(response) == {(str(event.pk), "permission_denied")}
    assert "version" not in response.json()["reasons"][0]
    assert undo(api(owner), done).status_code == 200


def test_who_takes_something_back_need_not_have_done_it(api, owner, event, other, changed):
    assert undo(api(owner), changed).json()["by"]["username"] == "owner"


def test_what_is_out_of_sight_is_counted_and_not_named(api, viewer, event, other, owner, changed):
    response = undo(api(viewer), changed)
    assert reasons_in(response) == {(str(event.pk), "permission_denied")}
    assert response.json()["hidden"] == 1
    assert str(other.pk) not in response.content.decode()


def test_a_part_out_of_sight_alone_is_reason_enough(api, owner, editor, event):
    secret = EventFactory(by=owner, title="Secret")
    done = operate(api(owner), update(event, title="A"), update(secret, title="B"))
    before = state()
    response = undo(api(editor), done)
    assert reasons_in(response) == set()
    assert response.json()["hidden"] == 1
    assert state() == before


def test_a_purged_part_is_no_part_any_more(api, owner, editor, event, other, changed):
    purge_event(other.pk, by=owner)
    response = undo(api(editor), changed)
    assert [part["event"] for part in response.json()["events"]] == [str(event.pk)]
    purge_event(event.pk, by=owner)
    assert undo(api(editor), changed).status_code == 404


def test_a_note_and_nothing_else_is_taken(api, editor, event, other, changed):
    client, before = api(editor), state()
    assert errors_in(undo(client, changed, {"because": "x"})) == {"because": {"unknown_field"}}
    assert errors_in(undo(client, changed, {"note": "x" * 501})) == {"note": {"max_length"}}
    for query in ("colour=red", "page_size=1"):
        assert client.post(f"{url_of(changed)}/undo?{query}").status_code == 400
        assert client.get(f"{url_of(changed)}?{query}").status_code == 400
    assert state() == before


def test_a_rehearsal_tells_of_each_event_and_writes_nothing(api, editor, event, other, changed):
    before = state()
    response = api(editor).post(f"{url_of(changed)}/undo?dry_run=true")
    assert (response.status_code, response["Dry-Run"]) == (200, "true")
    results = response.json()["results"]
    assert {r["event"]["id"]: r["event"]["title"] for r in results} == {
        str(event.pk): "Planning",
        str(other.pk): "Other",
    }
    assert all({"field": "title"}.items() <= r["changes"][0].items() for r in results)
    assert state() == before


def test_a_key_makes_one_undo_of_two_requests(api, editor, event, other, changed):
    client = api(editor)
    url, headers = f"{url_of(changed)}/undo", {"Idempotency-Key": "once"}
    first, again = (client.post(url, headers=headers) for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert again["X-Change-Set"] == first["X-Change-Set"]
