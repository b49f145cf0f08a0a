"""Many operations cost as many statements as one, and lose nothing to each other."""

from functools import partial

import pytest

from accounts.tests.threads import at_once
from events.models import Event, HistoricalEvent
from events.services.batch import create_events
from events.tests.chains import assert_chained
from events.tests.factories import EventFactory, body, in_memory
from events.tests.operations import create, delete, patch, send
from neofi.tests.queries import queries


@pytest.fixture
def calendar(owner):
    """`calendar(n)` is the owner's n events."""

    def made(size: int) -> list[Event]:
        return create_events(by=owner, items=[in_memory(body())] * size, notes=[""] * size)

    return made


def done(response, status: int = 200) -> list[dict | None]:
    assert response.status_code == status, response.content[:500]
    return response.json()["results"]


@pytest.mark.parametrize("size", [2, 1_000])
def test_creates_cost_the_same_however_many(api, owner, size):
    client = api(owner)
    with queries(2):  # session; events with versions, grants, grants' history
        found = done(send(client, *[create()] * size), 201)
    assert len(found) == Event.objects.count() == size


@pytest.mark.parametrize("size", [2, 1_000])
def test_updates_cost_the_same_however_many(api, owner, calendar, size):
    events, client = calendar(size), api(owner)
    with queries(5):  # session; which are seen; lock; roles; events with versions
        found = done(send(client, *(patch(one, title=str(n)) for n, one in enumerate(events))))
    assert [state["title"] for state in found] == [str(n) for n in range(size)]
    assert {state["version"] for state in found} == {2}
    for one in events[:: size // 2]:
        assert_chained(one)


@pytest.mark.parametrize("size", [4, 1_000])
def test_all_kinds_together_cost_the_same_however_many(api, owner, calendar, size):
    events, client = calendar(size // 4), api(owner)
    done(send(client, *(patch(one, location="Hut") for one in events)))
    operations = [
        *(create() for _ in events),
        *({**patch(one, title="A"), "base_version": 1} for one in events),
        *(patch(one, tags=["x"]) for one in events),
        *(delete(one) for one in events),
    ]
    # session; seen; lock; roles; bases; new events; changed ones
    with queries(7):
        found = done(send(client, *operations), 201)
    assert len(found) == size
    assert Event.objects.filter(deleted_at__isnull=True).count() == size // 4
    assert HistoricalEvent.objects.count() == size // 4 * 6
    assert_chained(events[0])
    assert_chained(events[-1])


def test_one_event_may_be_changed_a_thousand_times(api, owner, event):
    operations = [patch(event, metadata={"n": number}) for number in range(1_000)]
    client = api(owner)
    with queries(5):
        found = done(send(client, *operations))
    assert [state["version"] for state in found] == [*range(2, 1_002)]
    assert_chained(event)


@pytest.mark.django_db(transaction=True)
def test_batches_over_the_same_events_in_any_order_all_get_through(api, owner, editor, calendar):
    events = calendar(20)
    operations = [patch(one, location="Hut") for one in events]
    mine, tags = (
        [patch(one, title="A") for one in events],
        [patch(one, tags=["x"]) for one in events],
    )
    client = api(owner)
    answers = at_once(
        partial(send, client, *operations),
        partial(send, client, *operations[::-1]),
        partial(send, client, *mine[10:], *mine[:10]),
        partial(send, client, *tags[::-1]),
        *(
            partial(client.patch, f"/api/events/{one.pk}", {"status": "tentative"})
            for one in events[:4]
        ),
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    for one in events:
        assert_chained(one)
        now = Event.objects.get(pk=one.pk)
        assert (now.title, now.location, now.tags) == ("A", "Hut", ["x"])


@pytest.mark.django_db(transaction=True)
def test_a_batch_against_a_delete_is_all_or_nothing(api, owner):
    events = [EventFactory(by=owner) for _ in range(3)]
    client = api(owner)
    changed, gone = at_once(
        partial(send, client, *(patch(one, title="A") for one in events)),
        partial(client.delete, f"/api/events/{events[1].pk}"),
    )
    assert gone.status_code == 204
    titles = set(Event.objects.values_list("title", flat=True))
    assert titles == ({"A"} if changed.status_code == 200 else {"Planning"})
