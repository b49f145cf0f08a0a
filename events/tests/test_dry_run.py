"""A dry run answers what would happen, and writes nothing."""

import pytest

from accounts.tests.factories import UserFactory
from events.models import Event, Grant, HistoricalEvent, HistoricalGrant, RememberedAnswer, Span
from events.services import writing
from events.tests.factories import EventFactory, body, edit, shared
from neofi.tests.queries import queries
from neofi.tests.refusals import problem_in

URL = "/api/events"
TABLES = (Event, Grant, HistoricalEvent, HistoricalGrant, RememberedAnswer, Span)


@pytest.fixture
def url(event):
    return f"{URL}/{event.pk}"


@pytest.fixture
def rehearse(api):
    """`rehearse(user, method, path, data)`: what a dry run answers, which must write nothing."""

    def ask(user, method, path, data=None, status=200):
        before = rows()
        joined = "&" if "?" in path else "?"
        answer = getattr(api(user), method)(f"{path}{joined}dry_run=true", data)
        assert answer.status_code == status, answer.content
        assert rows() == before
        assert ("Dry-Run" in answer) == (status == 200)
        for name in ("X-Change-Set", "Location", "ETag"):
            assert name not in answer
        return answer.json()

    return ask


def rows() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def names(people) -> list[str]:
    return [person["username"] for person in people]


def test_a_create_shows_the_event_to_come(rehearse, owner):
    told = rehearse(owner, "post", URL, body(tags=["a"]))
    assert told["event"]["title"] == "Planning"
    assert told["event"]["version"] == 1
    assert {"field": "tags", "from": None, "to": ["a"]} in told["changes"]
    assert (told["conflicts"], told["would_tell"]) == ([], [])


@pytest.mark.parametrize("method", ["patch", "put"])
def test_a_change_shows_what_would_change_and_who_would_hear_of_it(
    rehearse, editor, event, url, method
):
    told = rehearse(editor, method, url, body(title="Review"))
    assert told["event"]["title"] == "Review"
    assert told["event"]["version"] == 2
    assert told["changes"] == [{"field": "title", "from": "Planning", "to": "Review"}]
    assert names(told["would_tell"]) == ["owner", "viewer"]


def test_what_changes_nothing_tells_nobody(rehearse, editor, url):
    told = rehearse(editor, "patch", url, {"title": "Planning"})
    assert (told["event"]["version"], told["changes"], told["would_tell"]) == (1, [], [])


@pytest.mark.parametrize("query", ["", "?purge=true"])
def test_a_delete_leaves_nothing_to_see(rehearse, owner, url, query):
    told = rehearse(owner, "delete", url + query)
    assert (told["event"], told["changes"]) == (None, [])
    assert names(told["would_tell"]) == ["editor", "viewer"]


def test_going_back_is_shown(rehearse, editor, event, url):
    edit(event.pk, by=editor, content={"title": "Review"})
    back = [{"field": "title", "from": "Review", "to": "Planning"}]
    for path in ("rollback/1", "undo/2"):
        told = rehearse(editor, "post", f"{url}/{path}", {})
        assert (told["event"]["title"], told["changes"]) == ("Planning", back)
    writing.delete_event(event.pk, by=event.updated_by)
    assert rehearse(event.updated_by, "post", f"{url}/restore", {})["event"]["version"] == 4


def test_a_merge_shows_what_resolve_would_settle(rehearse, editor, event, url):
    edit(event.pk, by=editor, content={"title": "Theirs"})
    sent = {"title": "Mine", "location": "Hut", "base_version": 1}
    told = rehearse(editor, "patch", f"{url}?resolve=mine", sent)
    assert (told["event"]["title"], told["event"]["location"]) == ("Mine", "Hut")
    assert told["conflicts"] == [
        {"field": "title", "base": "Planning", "current": "Theirs", "yours": "Mine"}
    ]
    rehearse(editor, "patch", url, sent, status=409)


def test_sharing_shows_the_roles_to_come(rehearse, owner, editor, url):
    newcomer = UserFactory(username="newcomer")
    sent = {"users": [{"user": "newcomer", "role": "viewer"}, {"user": "editor", "role": "viewer"}]}
    told = rehearse(owner, "post", f"{url}/share", sent)
    assert told["event"]["role"] == "owner"
    assert [(c["user"]["username"], c["from"], c["to"]) for c in told["changes"]] == [
        ("newcomer", None, "viewer"),
        ("editor", "editor", "viewer"),
    ]
    assert {"id": str(newcomer.pk), "username": "newcomer"} in told["would_tell"]
    assert names(told["would_tell"]) == ["editor", "newcomer", "viewer"]


def test_a_transfer_shows_ones_own_new_role(rehearse, owner, editor, url):
    told = rehearse(owner, "put", f"{url}/permissions/{editor.pk}", {"role": "owner"})
    assert told["event"]["role"] == "editor"
    assert len(told["changes"]) == 2
    assert names(told["would_tell"]) == ["editor", "viewer"]


def test_who_would_leave_would_see_nothing(rehearse, editor, url):
    told = rehearse(editor, "delete", f"{url}/permissions/{editor.pk}")
    assert told["event"] is None
    assert [(c["from"], c["to"]) for c in told["changes"]] == [("editor", None)]
    assert names(told["would_tell"]) == ["owner", "viewer"]


def test_a_batch_shows_each_item(rehearse, owner, event):
    other = EventFactory(by=owner)
    operations = [
        {"op": "create", "event": body(title="New")},
        {"op": "update", "id": str(event.pk), "event": {"title": "A"}},
        {"op": "update", "id": str(event.pk), "event": {"location": "Hut"}},
        {"op": "update", "id": str(event.pk), "event": {"title": "A"}},
        {"op": "delete", "id": str(other.pk)},
    ]
    results = rehearse(owner, "post", f"{URL}/batch", {"operations": operations})["results"]
    fields = [[change["field"] for change in result["changes"]] for result in results]
    assert "title" in fields[0]
    assert fields[1:] == [["title"], ["location"], [], []]
    titles = [result["event"] and result["event"]["title"] for result in results]
    assert titles == ["New", "A", "A", "A", None]
    assert [result["event"]["location"] for result in results[1:3]] == ["", "Hut"]
    assert names(results[1]["would_tell"]) == ["editor", "viewer"]


def test_a_bad_item_shows_its_refusal(rehearse, owner):
    sent = {"events": [body(), body(title="")], "atomic": False}
    good, bad = rehearse(owner, "post", f"{URL}/batch", sent)["results"]
    assert good["event"]["title"] == "Planning"
    assert bad["status"] == 400
    assert bad["error"]["errors"][0]["field"] == "title"


@pytest.mark.parametrize(
    ("who", "method", "path", "data", "status"),
    [
        ("viewer", "patch", "", {"title": "A"}, 403),
        ("stranger", "patch", "", {"title": "A"}, 404),
        ("editor", "delete", "", None, 403),
        ("editor", "patch", "", {"title": ""}, 400),
        ("editor", "post", "/rollback/9", {}, 404),
        ("owner", "post", "/share", {"user": "nobody", "role": "viewer"}, 400),
        ("owner", "delete", "/permissions/{owner}", None, 409),
    ],
)
def test_what_would_be_refused_is_refused(
    request, rehearse, owner, url, who, method, path, data, status
):
    user = request.getfixturevalue(who)
    rehearse(user, method, url + path.format(owner=owner.pk), data, status=status)


def test_an_outdated_tag_is_412(api, editor, url):
    answer = api(editor).patch(f"{url}?dry_run=true", {"title": "A"}, headers={"If-Match": '"x"'})
    assert answer.status_code == 412


def test_constraints_that_wait_for_the_commit_are_asked(api, owner, url, monkeypatch):
    """The last word of the database belongs to the answer, also where it comes at the end."""

    def orphaned(event_id, **_):
        Grant.objects.filter(event_id=event_id).update(role="editor")
        return Event.objects.get(pk=event_id)

    monkeypatch.setattr(writing, "delete_event", orphaned)
    answer = api(owner).delete(f"{url}?dry_run=true")
    assert answer.status_code == 400
    assert "exactly one owner" in problem_in(answer)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("post", "", body()),
        ("patch", "/{event}", {"title": "A"}),
        ("delete", "/{event}", None),
        ("post", "/{event}/rollback/1", {}),
        ("post", "/{event}/share", {"user": "stranger", "role": "viewer"}),
        ("post", "/batch", {"events": [body()]}),
    ],
)
def test_people_see_it_in_their_page(api, owner, stranger, event, method, path, data):
    call = getattr(api(owner), method)
    url = URL + path.format(event=event.pk)
    answer = call(f"{url}?dry_run=true", data, headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"][:9]) == (200, "text/html")


def test_false_is_for_real(api, owner, url):
    assert "Dry-Run" not in api(owner).patch(f"{url}?dry_run=false", {"title": "A"})
    assert api(owner).get(url).json()["title"] == "A"


@pytest.mark.parametrize("size", [2, 40])
def test_it_costs_the_same_with_many_people_and_items(api, owner, size):
    event = shared(EventFactory(by=owner), {UserFactory(): "viewer" for _ in range(size)})
    client = api(owner)
    # who is told; a patch's four; the end's constraints; the event; versions; access; who is told;
    # contents
    with queries(11):
        client.patch(f"{URL}/{event.pk}?dry_run=true", {"title": "A"})
    with queries(8):  # a creation's two for a patch's four; nobody had access before
        client.post(f"{URL}/batch?dry_run=true", {"events": [body()] * size})


def test_a_list_of_people_is_bounded(api, owner, monkeypatch):
    monkeypatch.setattr("events.dry_runs.MOST_TOLD", 3)
    event = shared(EventFactory(by=owner), {UserFactory(): "viewer" for _ in range(5)})
    answer = api(owner).patch(f"{URL}/{event.pk}?dry_run=true", {"title": "A"}).json()
    assert len(answer["would_tell"]) == 3
