"""Requests that must be refused, as rows of tables: what is sent, and what the answer names."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

JSON = "application/json"
MSGPACK = "application/msgpack"
FORM = "application/x-www-form-urlencoded"

# What a traceback or a statement would give away.
LEAKS = re.compile(rb"Traceback \(|psycopg|django|SELECT |INSERT |UPDATE |_event|File \\?\"")

WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|COPY|WITH)\b", re.IGNORECASE)
NOTE_OF_A_TRY = 'INSERT INTO "accounts_failedlogin"'


@dataclass(frozen=True)
class Bad:
    """One row: `Bad("POST {event}/share", "400 user:unknown_user", {"user": "nobody"})`.

    `refused` is a status and then either the code of the problem (`401 not_authenticated`) or each
    of its errors as `field:code` (`:null` for the body as a whole). `body` is JSON, unless it is
    bytes. `by` is one of the cast, or "" for nobody.
    """

    request: str
    refused: str
    body: Any = None
    type: str = JSON
    by: str = "owner"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return int(self.refused.split()[0])

    @property
    def words(self) -> list[str]:
        return self.refused.split()[1:]


def table(**rows: Bad):
    """Parametrise a test with `bad`; the names of the rows are the ids of the cases."""
    return pytest.mark.parametrize("bad", rows.values(), ids=rows.keys())


def send(client: APIClient, method: str, path: str, body: Any = None, type: str = JSON, **headers):
    """Whatever it is, as it is. A failure of the server is an answer here, no exception."""
    client.raise_request_exception = False
    if body is None:
        return client.generic(method, path, headers=headers)
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return client.generic(method, path, body, content_type=type, headers=headers)


def assert_refused(response, bad: Bad) -> None:
    """That it is refused as the row says, in a problem body with all its members."""
    assert response.status_code == bad.status, response.content[:500]
    assert response["X-Request-ID"]
    if response.request["REQUEST_METHOD"] == "HEAD":
        assert response.content == b""
        return
    problem = problem_in(response)
    if not any(":" in word for word in bad.words):
        assert "errors" not in problem
        assert [problem["code"]] == bad.words
        return
    assert problem["code"] == "invalid"
    named = Counter(f"{e['field'] or ''}:{e['code']}" for e in problem["errors"])
    assert named == Counter(bad.words)
    assert all(error["message"] for error in problem["errors"])


def problem_in(response) -> dict[str, Any]:
    """The body of a refusal, whose members say the same as its status."""
    assert response["Content-Type"] == "application/problem+json", response.content[:500]
    assert not LEAKS.search(response.content), response.content[:500]
    problem = response.json()
    status, code = response.status_code, problem["code"]
    assert 400 <= status < 500
    assert code
    assert problem["type"] == f"urn:neofi:problem:{code}"
    assert (problem["status"], problem["title"]) == (status, response.reason_phrase)
    assert problem["detail"]
    assert (code in ("invalid", "invalid_merge")) == ("errors" in problem)
    return problem


@contextmanager
def nothing_written() -> Iterator[None]:
    """A refusal writes nothing: not even what it takes back. Only that somebody tried is kept."""
    with CaptureQueriesContext(connection) as captured:
        yield
    written = [query["sql"] for query in captured if WRITE.match(query["sql"])]
    writes = [sql for sql in written if not sql.startswith(NOTE_OF_A_TRY)]
    assert not writes
