"""Many writes in one request: POST /api/events/batch with `operations`, all of them or none."""

from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.services.writing import delete_event
from events.tests.chains import assert_chained
from events.tests.factories import EventFactory, edit, shared
from events.tests.operations import URL, create, delete, patch, send
from neofi.tests.refusals import problem_in

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
TABLES = (Event, Grant, HistoricalEvent, HistoricalGrant)


def done(response, status: int = 200) -> list[dict | None]:
    assert response.status_code == status, response.content
    return response.json()["results"]


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def versions(event) -> list[tuple]:
    found = HistoricalEvent.objects.of_event(event.pk).order_by("version")
    return list(found.values_list("version", "action", "merged_from"))


def test_every_kind_of_operation_in_one_request(api, owner, event):
    other = EventFactory(by=owner)
    client = api(owner)
    response = send(
        client,
        create(title="New", note="made"),
        patch(event, title="Review", note="changed"),
        delete(other, note="gone"),
        create(title="Newer"),
    )
    new, changed, gone, newer = done(response, 201)
    assert [new["title"], changed["title"], gone, newer["title"]] == [
        "New",
        "Review",
        None,
        "Newer",
    ]
    rows = {row["id"]: row for row in client.get("/api/events").json()["results"]}
    assert [rows[result["id"]] for result in (new, changed, newer)] == [new, changed, newer]
    assert Event.objects.get(pk=other.pk).deleted_at
    written = HistoricalEvent.objects.filter(change_set=response["X-Change-Set"])
    found = {(row.action, row.history_change_reason) for row in written}
    assert found == {
        ("created", "made"),
        ("created", ""),
        ("updated", "changed"),
        ("deleted", "gone"),
    }


def test_without_a_creation_the_answer_is_200(api, owner, event):
    other = EventFactory(by=owner)
    assert len(done(send(api(owner), patch(event, title="A"), delete(other)))) == 2


def test_each_result_is_the_state_after_its_own_operation(api, owner, event):
    client = api(owner)
    response = send(
        client,
        patch(event, title="A"),
        patch(event, location="Hut"),
        patch(event, title="A"),
        patch(event, title="B"),
        delete(event),
    )
    *states, gone = done(response)
    assert gone is None
    assert [(s["version"], s["title"], s["location"]) for s in states] == [
        (2, "A", ""),
        (3, "A", "Hut"),
        (3, "A", "Hut"),
        (4, "B", "Hut"),
    ]
    assert states[1]["etag"] == states[2]["etag"] != states[3]["etag"]
    assert [action for _, action, _ in versions(event)] == ["created", *["updated"] * 3, "deleted"]
    assert_chained(event)


def test_what_changes_nothing_makes_no_version_and_no_change_set(api, editor, event):
    response = send(api(editor), patch(event, title="Planning"), patch(event))
    assert [state["version"] for state in done(response)] == [1, 1]
    assert "X-Change-Set" not in response


def test_a_batch_and_single_writes_make_the_same_history(api, owner, editor):
    together, alone = EventFactory(by=owner), EventFactory(by=owner)
    edits = [
        {"title": "A", "tags": ["x"]},
        {"metadata": {"k": 1}},
        {"start_time": "2026-03-02T08:00:00Z", "timezone": "Asia/Tokyo"},
    ]
    client = api(owner)
    done(send(client, *(patch(together, **one) for one in edits)))
    for one in edits:
        client.patch(f"/api/events/{alone.pk}", one)
    urls = [f"/api/events/{event.pk}" for event in (together, alone)]
    for path in ("/blame", "/history", "/changelog", ""):
        one, other = (bare(client.get(url + path).json()) for url in urls)
        assert one == other
    assert_chained(together)


def bare(value):
    """Without what no two events have in common."""
    if isinstance(value, dict):
        own = {"id", "uid", "at", "change_set", "created_at", "updated_at"}
        return {name: bare(inner) for name, inner in value.items() if name not in own}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


def test_each_operation_may_have_a_tag_and_a_base_of_its_own(api, editor, owner, event):
    edit(event.pk, by=owner, content={"location": "Hall"})
    client = api(editor)
    tag = client.get(f"/api/events/{event.pk}")["ETag"]
    merged, plain, again = done(
        send(
            client,
            {**patch(event, title="Mine"), "if_match": tag, "base_version": 1},
            patch(event, status="tentative"),
            {**patch(event, tags=["a"]), "base_version": 4},
        )
    )
    assert (merged["location"], merged["title"], merged["merged_from"]) == ("Hall", "Mine", 1)
    assert "merged_from" not in plain
    assert "merged_from" not in again
    assert [merged_from for *_, merged_from in versions(event)] == [None, None, 1, None, None]
    assert_chained(event)


def test_a_version_of_the_same_batch_is_a_base_like_any_other(api, editor, event):
    first, second, third = (
        patch(event, title="A"),
        patch(event, title="B"),
        {**patch(event, title="C"), "base_version": 2},
    )
    errors = problem_in(send(api(editor), first, second, third))["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [("operations.2", "merge_conflict")]
    assert errors[0]["conflicts"][0] == {
        "field": "title",
        "base": "A",
        "current": "B",
        "yours": "C",
    }
    third["event"] = {"location": "Hut"}
    *_, last = done(send(api(editor), first, second, third))
    assert (last["title"], last["location"], last["merged_from"]) == ("B", "Hut", 2)


def test_resolve_is_for_the_whole_batch(api, editor, owner, event):
    edit(event.pk, by=owner, content={"title": "Theirs"})
    mine = {**patch(event, title="Mine"), "base_version": 1}
    client = api(editor)
    assert send(client, mine).status_code == 400
    for side, title in (("theirs", "Theirs"), ("mine", "Mine")):
        (state,) = done(client.post(f"{URL}?resolve={side}", {"operations": [mine]}))
        assert (state["title"], state["merged_from"]) == (title, 1)
    assert client.post(f"{URL}?resolve=x", {"operations": [mine]}).status_code == 400


def test_every_bad_operation_has_a_code_of_its_own(api, editor, owner, viewer, stranger, event):
    seen, hidden, trash = (EventFactory(by=owner) for _ in range(3))
    shared(seen, {editor: "viewer"})
    delete_event(trash.pk, by=owner)
    edit(event.pk, by=owner, content={"title": "Theirs"})
    before = everything()
    response = send(
        api(editor),
        patch(event, location="Hut"),  # good
        patch(event, title=" "),
        patch(event, end_time="2020-01-01T00:00Z"),
        patch(seen, title="A"),
        delete(event),
        patch(hidden, title="A"),
        delete(hidden),
        {"op": "delete", "id": UNKNOWN},
        delete(trash),
        {**patch(event, title="A"), "if_match": '"1-0"'},
        {**patch(event, title="Mine"), "base_version": 1},
        {**patch(event, title="A"), "base_version": 9},
        create(end_time="2020-01-01T00:00Z"),
        "nothing",
        {"op": "move", "id": str(event.pk)},
        {"op": "update", "event": {}},
    )
    problem = problem_in(response)
    assert (response.status_code, problem["code"]) == (400, "invalid")
    found = [
        (error["field"].removeprefix("operations."), error["code"]) for error in problem["errors"]
    ]
    assert found == [
        ("1.event.title", "blank"),
        ("2.event.end_time", "not_after_start"),
        ("3", "permission_denied"),
        ("4", "permission_denied"),
        ("5", "not_found"),
        ("6", "not_found"),
        ("7", "not_found"),
        ("8", "not_found"),
        ("9", "precondition_failed"),
        ("10", "merge_conflict"),
        ("11.base_version", "unknown_version"),
        ("12.event.end_time", "not_after_start"),
        ("13", "invalid"),
        ("14.op", "invalid_choice"),
        ("15.id", "required"),
    ]
    assert problem["errors"][8]["current_version"] == 3
    assert problem["errors"][9]["conflicts"][0]["current"] == "Theirs"
    assert everything() == before
    assert "X-Change-Set" not in response


def test_what_is_deleted_in_the_batch_is_not_found_after_it(api, owner, event):
    before = everything()
    response = send(api(owner), delete(event), patch(event, title="A"), delete(event))
    errors = problem_in(response)["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [
        ("operations.1", "not_found"),
        ("operations.2", "not_found"),
    ]
    assert everything() == before
