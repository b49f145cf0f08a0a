"""The reference server does the job: a yardstick that forgot something would be too short."""

from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest

from bench.limit import app
from bench.loading.targets import content, path_of
from bench.loading.world import ROOT
from bench.postgres import OwnPostgres

SECRET = "a secret for the tests that is long enough"
OWNER, EDITOR, VIEWER, STRANGER = range(1, 5)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres():
    with OwnPostgres(durable=False) as postgres:
        with postgres.connect() as connection:
            connection.execute((ROOT / "bench" / "limit" / "schema.sql").read_text())
            for name in ("owner", "editor", "viewer", "stranger"):
                connection.execute("INSERT INTO person (name) VALUES (%s)", [name])
        yield postgres


@pytest.fixture(scope="module")
def http(postgres):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMIT_DATABASE_URL", postgres.url)
        patch.setenv("LIMIT_SECRET", SECRET)
        transport = httpx.WSGITransport(app.application)
        with httpx.Client(transport=transport, base_url="http://limit") as http:
            yield http
        app.pool().close()
        app.pool.cache_clear()


def bearer(person, secret=SECRET, lasts=timedelta(minutes=1)):
    claims = {"person": person, "exp": datetime.now(UTC) + lasts}
    return {"Authorization": f"Bearer {jwt.encode(claims, secret, 'HS256')}"}


@pytest.fixture
def event(http, postgres):
    """The path of one with an owner, an editor and a viewer."""
    made = http.post("/api/events", json=content(0), headers=bearer(OWNER))
    assert made.status_code == 201
    with postgres.connect() as connection:
        for person, role in [(EDITOR, "editor"), (VIEWER, "viewer")]:
            connection.execute(
                "INSERT INTO access SELECT %s, id, %s, start_time FROM event WHERE id = %s",
                [person, role, made.json()["id"]],
            )
    return f"/api/events/{made.json()['id']}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        bearer(OWNER, secret="the secret of somebody else, as long as ours"),
        bearer(OWNER, lasts=timedelta(minutes=-1)),
    ],
)
def test_nobody_reads_without_a_valid_token(http, event, headers):
    assert http.get(event, headers=headers).status_code == 401


@pytest.mark.parametrize("path", ["", "/changelog", "/diff/1/1"])
@pytest.mark.parametrize(("person", "status"), [(OWNER, 200), (VIEWER, 200), (STRANGER, 404)])
def test_only_those_with_access_read(http, event, path, person, status):
    assert http.get(event + path, headers=bearer(person)).status_code == status


@pytest.mark.parametrize(
    ("person", "status"), [(OWNER, 200), (EDITOR, 200), (VIEWER, 404), (STRANGER, 404)]
)
def test_only_editors_write(http, event, person, status):
    assert http.put(event, json=content(1), headers=bearer(person)).status_code == status
    assert http.get(event, headers=bearer(OWNER)).json()["version"] == (2 if status == 200 else 1)


def test_a_change_is_kept_with_its_author(http, event):
    http.put(event, json=content(0, title="Another"), headers=bearer(EDITOR))
    newest, first = http.get(f"{event}/changelog", headers=bearer(OWNER)).json()["results"]
    assert (newest["number"], newest["by"]) == (2, "editor")
    assert newest["changes"] == [{"field": "title", "from": "Review 000000", "to": "Another"}]
    assert (first["number"], first["by"]) == (1, "owner")
    assert {change["from"] for change in first["changes"]} == {None}


def test_two_versions_are_compared_in_either_order(http, event):
    http.put(event, json=content(0, title="Another"), headers=bearer(OWNER))
    there = http.get(f"{event}/diff/1/2", headers=bearer(OWNER)).json()["changes"]
    back = http.get(f"{event}/diff/2/1", headers=bearer(OWNER)).json()["changes"]
    assert there == [{"field": "title", "from": "Review 000000", "to": "Another"}]
    assert back == [{"field": "title", "from": "Another", "to": "Review 000000"}]


def test_pages_have_every_event_once_and_in_order(http):
    for number in [3, 1, 4, 1, 5, 2]:
        http.post("/api/events", json=content(number), headers=bearer(STRANGER))
    path, seen = "/api/events?page_size=2", []
    while path:
        page = http.get(path, headers=bearer(STRANGER)).json()
        seen += page["results"]
        path = page["next"] and path_of(page["next"])
    assert [event["title"][-1] for event in seen] == ["1", "1", "2", "3", "4", "5"]
    assert len({event["id"] for event in seen}) == 6


def test_an_event_that_moves_moves_in_the_list(http, event):
    http.put(event, json=content(-1000), headers=bearer(OWNER))
    for person in (OWNER, VIEWER):
        page = http.get("/api/events", headers=bearer(person)).json()
        assert page["results"][0]["id"] == int(event.rpartition("/")[2])


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"title": 1}'])
def test_what_it_cannot_read_is_refused(http, body):
    answer = http.post("/api/events", content=body, headers=bearer(OWNER))
    assert answer.status_code == 400
