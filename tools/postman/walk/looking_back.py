"""Changelog, diff, rollback, history, and the end of the session."""

from tools.postman.steps import EVENT, Step

COMPARING = [
    Step(
        name="Changelog",
        request=f"GET {EVENT}/changelog",
        status=200,
        checks={
            "has content and access, newest first": """\
const actions = body.results.map(function (row) { return row.action; });
pm.expect(actions).to.eql(["updated", "updated", "shared", "created"]);""",
            "has the change set of Grace's edit, and why": """\
pm.expect(body.results[1].change_set).to.equal(pm.collectionVariables.get("change_set"));
pm.expect(body.results[1].note).to.equal("the code is ready");""",
        },
    ),
    Step(
        name="Compare versions 1 and 2",
        request=f"GET {EVENT}/diff/1/2",
        status=200,
        checks={
            "differ in the title alone": """\
pm.expect(body.changes).to.eql([
    {"field": "title", "from": "Design review", "to": "Design and code review"},
]);""",
        },
    ),
]
RETURNING = [
    Step(
        name="Try going back, without doing it",
        request=f"POST {EVENT}/rollback/1?dry_run=true",
        status=200,
        checks={
            "is a dry run": 'pm.expect(pm.response.headers.get("Dry-Run")).to.equal("true");',
            "would change title and location": "pm.expect(body.changes).to.have.lengthOf(2);",
        },
    ),
    Step(
        name="Go back to version 1",
        request=f"POST {EVENT}/rollback/1",
        body={"note": "as agreed after all"},
        status=200,
        checks={
            "is a version of its own": "pm.expect(body.version).to.equal(4);",
            "has the content of then": """\
pm.expect(body.title).to.equal("Design review");
pm.expect(body.location).to.equal("");""",
        },
    ),
    Step(
        name="History",
        request=f"GET {EVENT}/history",
        status=200,
        checks={
            "has lost nothing": """\
const versions = body.results.map(function (row) { return row.version; });
pm.expect(versions).to.eql([4, 3, 2, 1]);""",
            "says what was gone back to": """\
pm.expect(body.results[0].action).to.equal("rolled_back");
pm.expect(body.results[0].source_version).to.equal(1);""",
        },
    ),
    Step(
        name="Verify the history",
        request=f"GET {EVENT}/history/verify",
        status=200,
        checks={
            "holds": """\
pm.expect(body.valid).to.equal(true);
pm.expect(body.versions).to.equal(4);""",
        },
    ),
]
LEAVING = [
    Step(
        name="Log out",
        request="POST /api/auth/logout",
        headers={"X-Request-ID": "walk-{{run}}"},
        body={"refresh": "{{refresh}}"},
        token=None,
        status=204,
        checks={
            "goes by the name that the request was given": """\
const name = pm.response.headers.get("X-Request-ID");
pm.expect(name).to.equal("walk-" + pm.collectionVariables.get("run"));""",
        },
    ),
    Step(
        name="The access token has ended too",
        request="GET /api/auth/me",
        status=401,
        checks={"says why": 'pm.expect(body.code).to.equal("session_ended");'},
    ),
]
