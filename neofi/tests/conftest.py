"""What the tables of refusals share."""

import pytest

from events.services import writing
from events.tests.factories import EventFactory
from neofi.tests.refusals import assert_refused, everything_written, send


@pytest.fixture
def trashed(owner):
    """An event of the owner's that is in the trash, and that nobody else knows."""
    event = EventFactory(by=owner, title="Thrown away")
    return writing.delete_event(event.pk, by=owner)


@pytest.fixture
def cast(owner, editor, viewer, stranger):
    return {user.username: user for user in (owner, editor, viewer, stranger)}


@pytest.fixture
def places(event, trashed, cast):
    """What the braces in a row's path stand for."""
    ids = {f"{name}_id": user.pk for name, user in cast.items()}
    return {
        "event": f"/api/events/{event.pk}",
        "trashed": f"/api/events/{trashed.pk}",
        "id": event.pk,
        "ID": str(event.pk).upper(),
        "access": f"/api/events/{event.pk}/permissions/{cast['editor'].pk}",
        "unknown": "/api/events/01890a5d-ac96-774b-bcce-b302099a8057",
        **ids,
    }


@pytest.fixture
def refuse(api, cast, places):
    """`refuse(bad)` sends a row and checks that it is refused, and that nothing was written."""

    def check(bad):
        client = api(cast.get(bad.by))
        before = everything_written()
        method, path = bad.request.split(" ", 1)
        response = send(client, method, path.format(**places), bad.body, bad.type, **bad.headers)
        assert_refused(response, bad)
        assert everything_written() == before

    return check
