"""Every field of every body, given every kind of JSON value: never a failure of the server."""

import pytest

from events.tests.factories import body
from neofi.tests.refusals import problem_in

DEEP: list = []
for _ in range(20):
    DEEP = [DEEP]

NASTY = [
    *(None, True, 0, -1, 1e308, 2**63, 2**64 - 1),
    *("", " ", "\0", "x" * 100_000, "\u202e\ufeff\U0010ffff", "%s%(a)s{0}{a}", "1", "UTC"),
    *("2026-03-02", "9999-12-31T23:59:59-12:00"),
    *([], [[]], [None], ["a", "a"], list("2026-03-02T09:00:00Z"), DEEP),
    *({}, {"": ""}, {"a": {"b": [{"c": None}]}}, dict.fromkeys("abcdefghij")),
]
CONTENT = (
    *("title", "description", "location", "start_time", "end_time", "timezone", "all_day"),
    *("status", "transparency", "tags", "metadata", "recurrence", "exceptions", "note"),
)
IGNORED = ("id", "owner", "etag")
SIGNED_UP = {"username": "ada", "email": "ada@example.org", "password": "difference-engine-1822"}
SHARE = {"user": "stranger", "role": "viewer"}
# For each endpoint a body that is right, and the fields of it that are made wrong.
BODIES = {
    "POST /api/events": (body(), CONTENT + IGNORED),
    "PUT {event}": (body(), ("title", "start_time", "timezone", "tags")),
    "PATCH {event}": ({}, ("title", "start_time", "timezone", "all_day", "tags", "metadata")),
    "DELETE {event}": ({}, ("note",)),
    "DELETE {event}?purge=true": ({}, ("note",)),
    "POST {trashed}/restore": ({}, ("note",)),
    "POST {event}/rollback/1": ({}, ("note",)),
    "POST /api/events/batch": ({"events": [body()]}, ("events", "atomic")),
    "POST {event}/share": (SHARE, ("user", "role", "note")),
    "POST {event}/share ": ({}, ("users", "user_id", "role")),
    "PUT {access}": ({"role": "viewer"}, ("role", "note")),
    "DELETE {access}": ({}, ("note",)),
    "POST {changes}/undo": ({}, ("note",)),
    "POST /api/auth/register": (SIGNED_UP, ("username", "email", "password", "timezone")),
    "POST /api/auth/login": ({"username": "a", "password": "b"}, ("username", "password")),
    "POST /api/auth/refresh": ({}, ("refresh",)),
    "POST /api/auth/logout": ({}, ("refresh",)),
    "PATCH /api/auth/me": ({}, ("timezone", "first_name", "last_name", "username", "email")),
}


@pytest.mark.parametrize("line", BODIES)
def test_no_value_makes_the_server_fail(api, owner, at, in_vain, line):
    right, fields = BODIES[line]
    method, path = at(line)
    client = api(owner)
    for field in fields:
        for value in NASTY:
            response = in_vain(client, method, path.strip(), {**right, field: value})
            assert response.status_code < 500, (field, value)
            if response.status_code >= 400:
                assert problem_in(response)["detail"], (field, value)


@pytest.mark.parametrize("line", BODIES)
def test_no_value_in_place_of_the_body_makes_the_server_fail(api, owner, at, in_vain, line):
    method, path = at(line)
    client = api(owner)
    for value in NASTY:
        response = in_vain(client, method, path.strip(), value)
        assert response.status_code < 500, value
