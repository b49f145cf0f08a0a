"""How many statements a change set costs: as many for many events as for two."""

import pytest

from accounts.tests.factories import UserFactory
from collaboration.tests.changes import create, operate, undo, update, url_of
from events.models import Event
from events.tests.factories import body
from neofi.tests.queries import queries

MANY = 200


def creates(client, size):
    return operate(client, *[{"op": "create", "event": body()}] * size)


def updates(client, size):
    creates(client, size)
    return operate(client, *(update(event, title="Review") for event in Event.objects.all()))


def two_updates_each(client, size):
    creates(client, size // 2)
    events = [*Event.objects.all()]
    return operate(client, *(update(e, title=t) for t in ("First", "Second") for e in events))


def shares(client, size):
    users = [{"user": UserFactory().username, "role": "viewer"} for _ in range(size)]
    create(client)
    return client.post(f"/api/events/{Event.objects.get().pk}/share", {"users": users})


# session; for the early answer the change set, and what of it is visible
READING = 3
# the same; its versions; its access; locks; roles; update of events with versions; the new change
# set, and what of it is visible
OF_CREATES = READING + 7
# and what was before the versions
OF_UPDATES = OF_CREATES + 1
# without the one of versions; grants; people; delete, their history; events' newest instants
OF_SHARES = OF_CREATES - 1 + 5


@pytest.mark.parametrize(
    ("make", "size", "expected"),
    [
        (creates, 2, OF_CREATES),
        (creates, MANY, OF_CREATES),
        (updates, 2, OF_UPDATES),
        (updates, MANY, OF_UPDATES),
        (two_updates_each, 2, OF_UPDATES),
        (two_updates_each, MANY, OF_UPDATES),
        (shares, 2, OF_SHARES),
        (shares, 100, OF_SHARES),
    ],
)
def test_a_change_set_costs_the_same_however_large(api, owner, make, size, expected):
    client = api(owner)
    done = make(client, size)
    with queries(READING):
        assert client.get(url_of(done)).status_code == 200
    with queries(expected):
        undone = undo(client, done)
    # To undo that gives to people what it took from them; versions have one before them by now.
    with queries({OF_CREATES: OF_UPDATES}.get(expected, expected)):
        assert undo(client, undone).status_code == 200


def test_a_refusal_writes_nothing_and_costs_no_more(api, owner, stranger):
    client = api(owner)
    done = updates(client, 30)
    operate(client, *(update(event, title="Late") for event in Event.objects.all()))
    with queries(OF_UPDATES - 3):
        response = undo(client, done)
    assert len(response.json()["reasons"]) == 30
