"""Registering, creating, sharing and editing."""

from tools.postman.steps import EVENT, Step

NEW_RUN = """\
// Names that nobody has yet, so that the walk can be run again on the same server.
const random = Math.floor(Math.random() * 46656).toString(36);
pm.collectionVariables.set("run", Date.now().toString(36) + random);"""
PASSWORD = "analytical-engine-1843"
ETAG = 'pm.response.headers.get("ETag")'
MEETING = {
    "title": "Design review",
    "description": "Agenda:\n- the API",
    "start_time": "2026-03-02T09:00:00+01:00",
    "end_time": "2026-03-02T10:00:00+01:00",
    "timezone": "Europe/Berlin",
    "tags": ["team"],
    "note": "as agreed",
}


def account(name: str) -> dict:
    person = f"{name}-{{{{run}}}}"
    return {"username": person, "email": f"{person}@example.org", "password": PASSWORD}


ARRIVING = [
    Step(
        name="Register Ada",
        request="POST /api/auth/register",
        body={**account("ada"), "timezone": "Europe/Berlin"},
        token=None,
        before=NEW_RUN,
        status=201,
        checks={
            "signs her in at once": 'pm.expect(body.token_type).to.equal("Bearer");',
            "as who she said": """\
pm.expect(body.user.username).to.equal("ada-" + pm.collectionVariables.get("run"));
pm.expect(body.user.timezone).to.equal("Europe/Berlin");""",
        },
    ),
    Step(
        name="Register Grace",
        request="POST /api/auth/register",
        body=account("grace"),
        token=None,
        status=201,
        checks={"gives her an id": "pm.expect(body.user.id).to.have.lengthOf(36);"},
        keeps={"user": "body.user.id", "grace_access": "body.access"},
    ),
    Step(
        name="Log in as Ada, by e-mail",
        request="POST /api/auth/login",
        body={"username": account("ada")["email"], "password": PASSWORD},
        token=None,
        status=200,
        checks={"for ten minutes": "pm.expect(body.expires_in).to.equal(600);"},
        keeps={"access": "body.access", "refresh": "body.refresh"},
    ),
]
CREATING = [
    Step(
        name="Create an event",
        request="POST /api/events",
        headers={"Idempotency-Key": "create-{{run}}"},
        body=MEETING,
        status=201,
        checks={
            "is at version 1, and hers": """\
pm.expect(body.version).to.equal(1);
pm.expect(body.role).to.equal("owner");""",
            "tells times in UTC": 'pm.expect(body.start_time).to.equal("2026-03-02T08:00:00Z");',
            "says where it is, and its state": """\
pm.expect(pm.response.headers.get("Location")).to.include("/api/events/" + body.id);
pm.expect(pm.response.headers.get("ETag")).to.match(/^"1-/);""",
        },
        keeps={"event": "body.id", "etag": ETAG},
    ),
    Step(
        name="Send it again with the same key",
        request="POST /api/events",
        headers={"Idempotency-Key": "create-{{run}}"},
        body=MEETING,
        status=201,
        checks={
            "is the same event": """\
pm.expect(body.id).to.equal(pm.collectionVariables.get("event"));""",
            "says that it is an answer of before": """\
pm.expect(pm.response.headers.get("Idempotent-Replayed")).to.equal("true");""",
        },
    ),
    Step(
        name="Grace cannot see it",
        request=f"GET {EVENT}",
        token="grace_access",
        status=404,
        checks={"is a problem body": 'pm.expect(body.code).to.equal("not_found");'},
    ),
    Step(
        name="Share it with Grace",
        request=f"POST {EVENT}/share",
        body={"user": "grace-{{run}}", "role": "editor"},
        status=201,
        checks={
            "gives her the role": """\
pm.expect(body.role).to.equal("editor");
pm.expect(body.user.id).to.equal(pm.collectionVariables.get("user"));""",
        },
    ),
]
EDITING = [
    Step(
        name="Grace reads it",
        request=f"GET {EVENT}",
        token="grace_access",
        status=200,
        checks={"says what she may": 'pm.expect(body.capabilities).to.include("edit");'},
        keeps={"grace_etag": ETAG},
    ),
    Step(
        name="Grace edits the state that she has read",
        request=f"PATCH {EVENT}",
        headers={"If-Match": "{{grace_etag}}"},
        body={"title": "Design and code review", "note": "the code is ready"},
        token="grace_access",
        status=200,
        checks={
            "makes version 2, in her name": """\
pm.expect(body.version).to.equal(2);
pm.expect(body.updated_by.id).to.equal(pm.collectionVariables.get("user"));""",
            "names its change set": """\
pm.expect(pm.response.headers.get("X-Change-Set")).to.have.lengthOf(36);""",
        },
        keeps={"change_set": 'pm.response.headers.get("X-Change-Set")'},
    ),
    Step(
        name="Ada's state is outdated",
        request=f"PATCH {EVENT}",
        headers={"If-Match": "{{etag}}"},
        body={"title": "Review"},
        status=412,
        checks={"says how far it is": "pm.expect(body.current_version).to.equal(2);"},
    ),
    Step(
        name="Ada's change is merged instead",
        request=f"PATCH {EVENT}",
        body={"base_version": 1, "location": "Room 4"},
        status=200,
        checks={
            "has both changes": """\
pm.expect(body.merged_from).to.equal(1);
pm.expect(body.title).to.equal("Design and code review");
pm.expect(body.location).to.equal("Room 4");""",
        },
    ),
]
