"""What the tables of refusals share, and a connection that a test may break."""

import re

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, transaction

from events.services import writing
from events.tests.factories import EventFactory
from neofi.tests.refusals import assert_refused, nothing_written, send


@pytest.fixture
def cast(owner, editor, viewer, stranger):
    return {user.username: user for user in (owner, editor, viewer, stranger)}


@pytest.fixture
def trashed(owner):
    """An event of the owner's that is in the trash, and that nobody else knows."""
    event = EventFactory(by=owner, title="Thrown away")
    return writing.delete_event(event.pk, by=owner)


@pytest.fixture
def at(request):
    """`at("PATCH {event}")` is a method and a path: what the braces in a row stand for.

    Only what a row names is made, for there are a thousand rows.
    """

    def fill(line):
        names = {}
        if "{trashed}" in line:
            names["trashed"] = f"/api/events/{request.getfixturevalue('trashed').pk}"
        if re.search("{(event|id|access|changes|.*_id)}", line):
            event, cast = map(request.getfixturevalue, ("event", "cast"))
            names |= {f"{name}_id": user.pk for name, user in cast.items()}
            names |= {"id": event.pk, "event": f"/api/events/{event.pk}"}
            names["access"] = f"{names['event']}/permissions/{cast['editor'].pk}"
            names["changes"] = f"/api/changes/{event.history.get(version=1).change_set}"
        return line.format(**names).split(" ", 1)

    return fill


@pytest.fixture
def refuse(request, api, at, owner):
    """`refuse(bad)` sends a row and checks that it is refused, and that nothing was written."""

    def check(bad):
        client = api(request.getfixturevalue(bad.by) if bad.by else None)
        method, path = at(bad.request)
        with nothing_written():
            response = send(client, method, path, bad.body, bad.type, **bad.headers)
        assert_refused(response, bad)

    return check


@pytest.fixture
def in_vain():
    """`send`, after which nothing has happened."""

    def check(*args, **headers):
        with transaction.atomic():
            response = send(*args, **headers)
            transaction.set_rollback(True)
        cache.clear()
        return response

    return check


@pytest.fixture
def own(db):
    """A connection of the driver's, beside those of Django."""
    parameters = connection.get_connection_params()
    for name in ("context", "cursor_factory"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as own:
        yield own
