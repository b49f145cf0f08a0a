"""A request that is wrong in two ways is refused for the earlier of them.

413, 401, 404, 403, 406, 400 or 415, 412, 409: so nobody learns what they may not know.
"""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest
from django.conf import settings

from events.tests.factories import body
from neofi.tests.refusals import JSON, Bad, assert_refused, send

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


@dataclass
class Request:
    """A write that is right, until it is made wrong."""

    line: str
    body: Any
    by: str = "owner"
    event: str = "{event}"
    type: str = JSON
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def too_large(request):
    request.headers["Content-Length"] = str(settings.MAX_BODY_BYTES + 1)


def nobody(request):
    request.by = ""


def nowhere(request):
    request.event = f"/api/events/{UNKNOWN}"


def small_role(request):
    request.by = "viewer"


def no_such_form(request):
    request.headers["Accept"] = "text/csv"


def broken_body(request):
    request.body = b"{"


def wrong_body(request):
    request.body = {"colour": "red"}


def wrong_type(request):
    request.type, request.body = "text/plain", b"title=Planning"


def unknown_parameter(request):
    request.query = "?colour=red"


def outdated(request):
    request.headers["If-Match"] = '"0-000000000000"'


def clash(request):
    """Lower the owner, or let them leave."""
    request.line = request.line.replace("{editor_id}", "{owner_id}")


# In the order in which they are told. Those of one group are of one rank.
RANKS = [
    {too_large: 413},
    {nobody: 401},
    {nowhere: 404},
    {small_role: 403},
    {no_such_form: 406},
    {broken_body: 400, wrong_body: 400, wrong_type: 415, unknown_parameter: 400},
    {outdated: 412},
    {clash: 409},
]
STATUS = {fault: status for rank in RANKS for fault, status in rank.items()}
RANK = {fault: place for place, rank in enumerate(RANKS) for fault in rank}

READING = [no_such_form, broken_body, wrong_body, wrong_type, unknown_parameter]
ON_ONE = [too_large, nobody, nowhere, small_role, *READING]
# Each kind of write, what it sends, and what can be wrong with it.
WRITES = {
    "create": ("POST /api/events", body(), [too_large, nobody, *READING]),
    "batch": ("POST /api/events/batch", {"events": [body()]}, [too_large, nobody, *READING]),
    "replace": ("PUT {event}", body(), [*ON_ONE, outdated]),
    "change": ("PATCH {event}", {"title": "Changed"}, [*ON_ONE, outdated]),
    "delete": ("DELETE {event}", {}, [*ON_ONE, outdated]),
    "restore": ("POST {event}/restore", {}, [*ON_ONE, outdated]),
    "roll back": ("POST {event}/rollback/1", {}, [*ON_ONE, outdated]),
    "share": ("POST {event}/share", {"user": "stranger", "role": "viewer"}, ON_ONE),
    "change a role": (
        "PUT {event}/permissions/{editor_id}",
        {"role": "viewer"},
        [*ON_ONE, clash],
    ),
    "revoke": ("DELETE {event}/permissions/{editor_id}", {}, [*ON_ONE, clash]),
    # Too small a role is one of its reasons for a 409.
    "undo a change set": ("POST {changes}/undo", {}, [too_large, nobody, *READING]),
    "profile": ("PATCH /api/auth/me", {"first_name": "A"}, [too_large, nobody, *READING]),
    "register": ("POST /api/auth/register", {}, [too_large, *READING]),
    # The throttles of these two read the body, whatever form the answer is to have.
    "login": ("POST /api/auth/login", {}, [too_large, *READING[1:]]),
    "refresh": ("POST /api/auth/refresh", {}, [too_large, *READING[1:]]),
    "logout": ("POST /api/auth/logout", {}, [too_large, *READING]),
}
every_kind = pytest.mark.parametrize("kind", WRITES)


@pytest.fixture
def status_of(api, cast, at):
    """The status of a write with all of these faults."""

    def answer(kind, faults):
        line, sent, _ = WRITES[kind]
        request = Request(line, sent)
        for fault in reversed(faults):  # the earlier one, whoever asks, has the last word
            fault(request)
        method, path = at(request.line.replace("{event}", request.event) + request.query)
        length = request.headers.pop("Content-Length", None)
        client = api(cast.get(request.by))
        if length:
            return client.generic(method, path, CONTENT_LENGTH=length).status_code
        return send(client, method, path, request.body, request.type, **request.headers).status_code

    return answer


@every_kind
def test_each_fault_alone_is_refused(status_of, kind):
    for fault in WRITES[kind][2]:
        assert status_of(kind, [fault]) == STATUS[fault], fault.__name__


@every_kind
def test_of_two_faults_the_earlier_is_told(status_of, kind):
    for first, second in combinations(WRITES[kind][2], 2):
        if RANK[first] < RANK[second]:
            told = f"{first.__name__}, not {second.__name__}"
            assert status_of(kind, [first, second]) == STATUS[first], told


@every_kind
def test_with_every_fault_at_once_the_first_is_told(status_of, kind):
    faults = WRITES[kind][2]
    assert status_of(kind, faults) == STATUS[faults[0]]


def test_a_version_that_never_was_comes_before_the_body_and_the_tag(refuse):
    for body_, headers in (
        (b"{", {}),
        ({"colour": "red"}, {}),
        ({}, {"If-Match": '"0-000000000000"'}),
    ):
        refuse(Bad("POST {event}/rollback/99", "404 not_found", body_, headers=headers))


def test_somebody_without_a_role_comes_before_the_body(refuse):
    refuse(Bad(f"PUT {{event}}/permissions/{UNKNOWN}", "404 not_found", b"{"))
    refuse(Bad(f"DELETE {{event}}/permissions/{UNKNOWN}", "404 not_found", b"{"))


def test_a_purge_reads_its_parameters_and_body_before_the_tag(refuse):
    outdated_tag = {"If-Match": '"0-000000000000"'}
    for line, sent, refused in (
        ("DELETE {event}?purge=maybe", None, "400 purge:invalid"),
        ("DELETE {event}?purge=true", b"{", "400 parse_error"),
        ("DELETE {event}?purge=true", None, "412 precondition_failed"),
    ):
        refuse(Bad(line, refused, sent, headers=outdated_tag))


def test_a_rule_that_the_present_state_breaks_comes_before_the_tag(refuse):
    """An end before the start that the event has: 400, though only the database knows the start."""
    refuse(
        Bad(
            "PATCH {event}",
            "400 end_time:not_after_start",
            {"end_time": "2026-01-01T00:00:00Z"},
            headers={"If-Match": '"0-000000000000"'},
        )
    )


def test_a_body_too_large_is_told_where_there_is_nothing(api):
    for path in ("/api/nothing", "/nothing", f"/api/events/{UNKNOWN}"):
        length = str(settings.MAX_BODY_BYTES + 1)
        response = api().generic("POST", path, CONTENT_LENGTH=length, content_type=JSON)
        assert_refused(response, Bad("", "413 too_large"))
