"""Change sets as clients make them, and what comes of undoing them."""

from collections.abc import Iterable
from typing import Any

from events.models import Event, Grant, HistoricalEvent, HistoricalGrant
from events.tests.factories import body


def url_of(change_set) -> str:
    """Where the change set is; `change_set` may be the answer to the write that made it."""
    return f"/api/changes/{getattr(change_set, 'headers', {}).get('X-Change-Set', change_set)}"


def undo(client, change_set, sent: dict | None = None):
    return client.post(f"{url_of(change_set)}/undo", sent)


def operate(client, *operations: dict):
    """The answer to a batch of these operations."""
    response = client.post("/api/events/batch", {"operations": list(operations)})
    assert response.status_code in (200, 201), response.content
    return response


def create(client, count: int = 1, **content):
    return operate(client, *[{"op": "create", "event": body(**content)}] * count)


def update(event, **content) -> dict:
    return {"op": "update", "id": str(event.pk), "event": content}


def delete(event) -> dict:
    return {"op": "delete", "id": str(event.pk)}


def reasons_in(response) -> set[tuple]:
    """(event, code) of each reason of a refusal to undo."""
    assert response.status_code == 409, response.content
    problem = response.json()
    assert problem["code"] == "cannot_undo"
    return {(reason["event"], reason["code"]) for reason in problem["reasons"]}


def roles(event) -> dict[str, str]:
    return dict(Grant.objects.of_event(event.pk).values_list("user__username", "role"))


def titles(events: Iterable) -> list[str]:
    found = dict(Event.objects.values_list("pk", "title"))
    return [found[event.pk] for event in events]


def instants(event) -> list:
    """Of all rows of an event's history, in order; those of a transfer and a creation once."""
    content = HistoricalEvent.objects.of_event(event.pk).values_list("history_date", flat=True)
    access = HistoricalGrant.objects.filter(event_id=event.pk).exclude(action="created")
    return sorted([*content, *{*access.values_list("history_date", flat=True)}])


def state() -> list[Any]:
    """Everything that a write could change."""
    models = (Event, Grant, HistoricalEvent, HistoricalGrant)
    return [list(model.objects.order_by("pk").values()) for model in models]


def assert_nothing_left(client, change_set):
    """That to undo it answers with the change set itself, and writes nothing."""
    before = state()
    response = undo(client, change_set)
    assert (response.status_code, response.json()) == (200, client.get(url_of(change_set)).json())
    assert "X-Change-Set" not in response
    assert state() == before
