"""What a batch of operations takes, and what it refuses by name."""

import pytest

from accounts.tests.bodies import errors_in
from events.models import Event
from events.tests.factories import body
from events.tests.operations import URL, create, delete, patch, send

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
UPDATE = {"op": "update", "id": ID, "event": {"title": "A"}}


@pytest.mark.parametrize(
    ("members", "errors"),
    [
        ({"operations": []}, {"operations": {"empty"}}),
        ({"operations": None}, {"operations": {"null"}}),
        ({"operations": UPDATE}, {"operations": {"wrong_type"}}),
        ({"operations": [UPDATE] * 1001}, {"operations": {"max_length"}}),
        ({"operations": [UPDATE], "events": [body()]}, {"events": {"required"}}),
        ({"operations": [UPDATE], "atomic": None}, {"atomic": {"null"}}),
        ({"operations": [UPDATE], "atomic": 0}, {"atomic": {"wrong_type"}}),
        ({"operations": [UPDATE], "colour": 1}, {"colour": {"unknown_field"}}),
    ],
)
@pytest.mark.parametrize("more", [{}, {"atomic": False}])
def test_a_bad_batch_is_refused_whole(api, owner, members, errors, more):
    assert errors_in(api(owner).post(URL, {**more, **members})) == errors


@pytest.mark.parametrize(
    ("operation", "errors"),
    [
        ({}, {"op:required"}),
        (None, {":null"}),
        ([], {":invalid"}),
        (7, {":invalid"}),
        ({"op": "replace", "id": ID}, {"op:invalid_choice"}),
        ({"op": None, "id": ID}, {"op:null"}),
        ({"op": 1}, {"op:wrong_type"}),
        ({"op": "create"}, {"event:required"}),
        ({"op": "create", "event": None}, {"event:null"}),
        ({"op": "create", "event": []}, {"event:wrong_type"}),
        ({"op": "create", "event": body(), "id": ID}, {"id:unknown_field"}),
        ({"op": "create", "event": body(), "base_version": 1}, {"base_version:unknown_field"}),
        ({"op": "create", "event": body(base_version=1)}, {"event.base_version:unknown_field"}),
        ({"op": "create", "event": {}, "if_match": "*"}, {"if_match:unknown_field"}),
        (
            {"op": "create", "event": {"title": "A"}},
            {"event.start_time:required", "event.end_time:required"},
        ),
        ({"op": "update"}, {"id:required", "event:required"}),
        ({"op": "update", "id": "x", "event": {}}, {"id:invalid"}),
        ({"op": "update", "id": 1, "event": {}}, {"id:wrong_type"}),
        ({"op": "update", "id": None, "event": {}}, {"id:null"}),
        ({**UPDATE, "if_match": 1}, {"if_match:wrong_type"}),
        ({**UPDATE, "if_match": ""}, {"if_match:blank"}),
        ({**UPDATE, "base_version": 0}, {"base_version:min_value"}),
        ({**UPDATE, "base_version": "1"}, {"base_version:wrong_type"}),
        ({**UPDATE, "base_version": True}, {"base_version:wrong_type"}),
        ({**UPDATE, "base_version": None}, {"base_version:null"}),
        ({**UPDATE, "resolve": "mine"}, {"resolve:unknown_field"}),
        ({**UPDATE, "event": {"colour": "red"}}, {"event.colour:unknown_field"}),
        ({**UPDATE, "event": {"tags": ["a", 1]}}, {"event.tags.1:wrong_type"}),
        (
            {**UPDATE, "event": {"title": None, "status": "x"}, "colour": 1},
            {"colour:unknown_field"},
        ),
        ({**UPDATE, "note": "n" * 501}, {"note:max_length"}),
        ({**UPDATE, "note": "a", "event": {"note": "b"}}, {"note:doubled"}),
        ({"op": "delete"}, {"id:required"}),
        ({"op": "delete", "id": ID, "event": {}}, {"event:unknown_field"}),
        ({"op": "delete", "id": ID, "base_version": 1}, {"base_version:unknown_field"}),
    ],
)
def test_a_malformed_operation_is_named(api, owner, event, operation, errors):
    found = errors_in(send(api(owner), patch(event, title="A"), operation))
    named = {f"{field}:{code}" for field, codes in found.items() for code in codes}
    assert named == {"operations.1" + f".{e}".replace(".:", ":") for e in errors}
    assert Event.objects.get().version == 1

    partial = send(api(owner), patch(event, title="A"), operation, atomic=False)
    good, bad = partial.json()["results"]
    assert (partial.status_code, good["status"], bad["status"]) == (207, 200, 400)
    alone = {f"{error['field'] or ''}:{error['code']}" for error in bad["error"]["errors"]}
    assert alone == errors


def test_an_event_may_come_as_it_was_read(api, editor, event):
    client = api(editor)
    read = client.get(f"/api/events/{event.pk}").json()
    (row,) = client.get("/api/events").json()["results"]
    for sent in (read, row, {**row, "merged_from": 1, "change_set": ID, "deleted_at": None}):
        answer = send(client, patch(event, **sent))
        assert answer.json()["results"] == [row]


def test_an_id_is_read_in_either_case(api, owner, event):
    upper = {**patch(event, title="A"), "id": str(event.pk).upper()}
    first, second = send(api(owner), upper, patch(event, location="B")).json()["results"]
    assert (first["version"], second["version"]) == (2, 3)


def test_the_tag_of_a_row_or_of_an_event_guards_an_operation(api, owner, event):
    client = api(owner)
    (row,) = client.get("/api/events").json()["results"]
    whole = client.get(f"/api/events/{event.pk}")["ETag"]
    for tag in (row["etag"], whole, f'"x", {whole}', "*"):
        assert send(client, {**patch(event), "if_match": tag}).status_code == 200
    for tag in ("x", row["etag"].strip('"'), f"W/{whole}"):
        for operation in (patch(event), delete(event)):
            assert send(client, {**operation, "if_match": tag}).status_code == 400
    assert send(client, create(), {**delete(event), "if_match": whole}).status_code == 201
