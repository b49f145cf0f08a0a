"""The same values as in JSON, in MessagePack, in and out."""

import ormsgpack
import pytest

from events.tests.factories import EventFactory, body

MSGPACK = "application/msgpack"
URL = "/api/events"


def send(client, method: str, url: str, value=None):
    data = b"" if value is None else ormsgpack.packb(value)
    headers = {"Accept": MSGPACK}
    return client.generic(method, url, data, content_type=MSGPACK, headers=headers)


def unpacked(response, status: int = 200):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == MSGPACK
    return ormsgpack.unpackb(response.content)


def test_an_event_is_created_and_answered(api, owner):
    client = api(owner)
    sent = body(metadata={"n": [1, 2.5, None, True, 2**64 - 1], "e": "é"}, tags=["a"])
    event = unpacked(send(client, "POST", URL, sent), 201)
    assert event == client.get(f"{URL}/{event['id']}").json()
    assert event["metadata"] == sent["metadata"]
    assert event["start_time"] == "2026-03-02T09:00:00Z"


def test_an_event_is_changed(api, owner):
    client, url = api(owner), f"{URL}/{EventFactory(by=owner).pk}"
    event = unpacked(send(client, "PATCH", url, {"title": "Review"}))
    assert (event["title"], event["version"]) == ("Review", 2)
    event = unpacked(send(client, "PUT", url, {**event, "location": "Hut"}))
    assert (event["location"], event["version"]) == ("Hut", 3)


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/history", "/{id}/changelog", "/{id}/blame"])
def test_what_is_read_is_what_json_says(api, owner, path):
    event = EventFactory(by=owner, description="a\nb", metadata={"k": {"n": 1.0}})
    client, url = api(owner), URL + path.format(id=event.pk)
    assert unpacked(send(client, "GET", url)) == client.get(url).json()


def test_a_batch_is_created(api, owner):
    answer = unpacked(send(api(owner), "POST", f"{URL}/batch", {"events": [body(), body()]}), 201)
    assert len(answer["results"]) == 2


def test_the_format_may_be_asked_for_in_the_query(api, owner):
    response = api(owner).get(f"{URL}?format=msgpack")
    assert unpacked(response) == {"next": None, "previous": None, "results": []}


def test_a_refusal_is_a_problem_in_json(api, owner):
    response = send(api(owner), "POST", URL, {"title": ""})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
