"""The least that does the job honestly: a floor for the cost of an answer, and not a product.

It checks the signature and the expiry of a token, asks PostgreSQL, and writes JSON. It has no
sessions, throttles or ETags, hardly validates, and keeps versions without hashes.

    LIMIT_DATABASE_URL=postgres://... LIMIT_SECRET=... granian --interface wsgi --workers 2 \
        --blocking-threads 2 bench.limit.app:application
"""

import os
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, quote

import jwt
import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool

from . import statements

BLOCKING_THREADS = 2  # of a worker, each of which has a connection

set_json_dumps(orjson.dumps)
set_json_loads(orjson.loads)


class Refused(Exception):
    """Its text is the status line."""


@cache
def pool() -> ConnectionPool:
    """Made at the first request: a worker is forked before, and connections must not be shared."""
    return ConnectionPool(
        os.environ["LIMIT_DATABASE_URL"],
        min_size=BLOCKING_THREADS,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        open=True,
    )


def rows(statement: str, *values: Any) -> list[dict]:
    with pool().connection() as connection:
        return connection.execute(statement, values, binary=True).fetchall()


def person_of(environ: dict) -> int:
    try:
        scheme, _, token = environ["HTTP_AUTHORIZATION"].partition(" ")
        if scheme == "Bearer":
            return jwt.decode(token, os.environ["LIMIT_SECRET"], algorithms=["HS256"])["person"]
    except (KeyError, jwt.InvalidTokenError):
        pass
    raise Refused("401 Unauthorized")


def content_of(environ: dict) -> tuple[list, Jsonb]:
    """The columns of an event, and what its version keeps."""
    given = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    content = {name: given[name] for name in statements.CONTENT}
    times = [datetime.fromisoformat(content[name]) for name in ("start_time", "end_time")]
    return [content["title"], content["description"], content["location"], *times], Jsonb(content)


def get_page(environ: dict, person: int) -> dict:
    query = parse_qs(environ["QUERY_STRING"])
    size = min(int(query.get("page_size", ["20"])[0]), 100)
    position = []
    if "after" in query:
        start, _, event = query["after"][0].rpartition(",")
        position = [datetime.fromisoformat(start), int(event)]
    found = rows(statements.page(size, after=bool(position)), person, *position)
    following = None
    if len(found) > size:
        last = found[size - 1]
        after = quote(f"{last['start_time'].isoformat()},{last['id']}")
        following = f"/api/events?page_size={size}&after={after}"
    return {"next": following, "results": found[:size]}


def get_one(environ: dict, person: int, event: int) -> dict:
    return some(rows(statements.ONE, person, event))[0]


def create(environ: dict, person: int) -> dict:
    columns, content = content_of(environ)
    return rows(statements.CREATE, *columns, person, content)[0]


def update(environ: dict, person: int, event: int) -> dict:
    columns, content = content_of(environ)
    with pool().connection() as connection, connection.transaction():
        connection.execute(statements.LOCK, [event])
        values = [*columns, person, event, person, content]
        return some(connection.execute(statements.UPDATE, values, binary=True).fetchall())[0]


def get_changelog(environ: dict, person: int, event: int) -> dict:
    versions = some(rows(statements.CHANGELOG, person, event))
    contents = [version.pop("content") for version in versions]
    steps = pairwise([*contents, {}])  # newest first: what came before a version is behind it
    results = [
        version | {"changes": changes(before, after)}
        for version, (after, before) in zip(versions, steps, strict=True)
    ]
    return {"next": None, "results": results[:100]}


def get_diff(environ: dict, person: int, event: int, one: int, other: int) -> dict:
    versions = some(rows(statements.TWO_VERSIONS, person, event, one, other))
    contents = {version["number"]: version.pop("content") for version in versions}
    if not {one, other} <= contents.keys():
        raise Refused("404 Not Found")
    changed = changes(contents[one], contents[other])
    return {"event": event, "versions": versions, "changes": changed}


def changes(before: dict, after: dict) -> list[dict]:
    return [
        {"field": name, "from": before.get(name), "to": after[name]}
        for name in statements.CONTENT
        if before.get(name) != after[name]
    ]


def some(found: list[dict]) -> list[dict]:
    if not found:
        raise Refused("404 Not Found")
    return found


# By method, number of segments in the path, and the word behind the event's id.
ROUTES = {
    ("GET", 3, ""): get_page,
    ("POST", 3, ""): create,
    ("GET", 4, ""): get_one,
    ("PUT", 4, ""): update,
    ("GET", 5, "changelog"): get_changelog,
    ("GET", 7, "diff"): get_diff,
}


def answer(environ: dict) -> tuple[str, Any]:
    try:
        path = environ["PATH_INFO"].split("/")
        word = path[4] if len(path) > 4 else ""
        handler = ROUTES.get((environ["REQUEST_METHOD"], len(path), word))
        if handler is None or path[:3] != ["", "api", "events"]:
            raise Refused("404 Not Found")
        ids = [int(part) for part in path[3:] if part != word]
        found = handler(environ, person_of(environ), *ids)
        return "201 Created" if handler is create else "200 OK", found
    except Refused as refusal:
        return str(refusal), {"detail": str(refusal)}
    except (KeyError, ValueError, psycopg.DataError, psycopg.IntegrityError) as error:
        return "400 Bad Request", {"detail": str(error)}


def application(environ: dict, start_response) -> list[bytes]:
    status, found = answer(environ)
    body = orjson.dumps(found)
    length = str(len(body))
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", length)])
    return [body]
