"""What tests of merges start from, and how they read the answers."""

from events.models import HistoricalEvent
from events.tests.factories import in_memory
from neofi.tests.refusals import problem_in

START = {
    "description": "one\ntwo\nthree\nfour",
    "location": "Hall",
    "tags": ["a", "b"],
    "metadata": {"k": 1, "n": {"deep": True}},
    "timezone": "Europe/Berlin",
}
LATER = in_memory({"start_time": "2026-03-02T12:00:00Z", "end_time": "2026-03-02T13:00:00Z"})


def changed(response) -> dict:
    assert response.status_code == 200, response.content
    return response.json()


def conflicts_in(response, code="merge_conflict") -> dict[str, tuple]:
    assert response.status_code == 409, response.content
    problem = problem_in(response)
    assert problem["code"] == code
    return {c["field"]: (c["base"], c["current"], c["yours"]) for c in problem["conflicts"]}


def newest(event) -> HistoricalEvent:
    return HistoricalEvent.objects.of_event(event.pk).order_by("-version")[0]
