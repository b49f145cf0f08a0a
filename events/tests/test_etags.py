"""Conditional requests: an ETag for every form of an event, and one state behind them all."""

import ormsgpack
import pytest

from accounts.tests.bodies import errors_in
from collaboration.services import sharing
from events.models import Event, HistoricalEvent
from events.roles import Role
from events.services.writing import delete_event
from events.tests.factories import EventFactory, body, edit

MSGPACK = "application/msgpack"


def tag_of(client, url: str, **headers) -> str:
    return client.get(url, headers=headers)["ETag"]


def state_of(tag: str) -> str:
    return tag.strip('"').partition(".")[0]


def test_a_tag_is_strong(api, viewer, url):
    tag = tag_of(api(viewer), url)
    assert tag[0] == tag[-1] == '"'


def test_each_form_has_a_tag_of_its_own_over_one_state(api, viewer, url):
    client = api(viewer)
    tags = [
        tag_of(client, url),
        tag_of(client, url, Accept=MSGPACK),
        tag_of(client, f"{url}?fields=title"),
        tag_of(client, f"{url}?fields=title,status"),
        tag_of(client, f"{url}?fields=title", Accept=MSGPACK),
    ]
    assert len(set(tags)) == len(tags)
    assert len({state_of(tag) for tag in tags}) == 1


def test_the_order_in_which_fields_are_asked_for_is_no_form(api, viewer, url):
    client = api(viewer)
    assert tag_of(client, f"{url}?fields=title,status") == tag_of(
        client, f"{url}?fields=status,title"
    )


def test_a_tag_that_is_known_gives_304_and_no_body(api, viewer, url):
    client = api(viewer)
    tag = tag_of(client, url)
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = client.get(url, headers={"If-None-Match": given})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == tag


def test_304_is_for_the_same_form_alone(api, viewer, url):
    client = api(viewer)
    tag = tag_of(client, url)
    for address, accept in ((url, MSGPACK), (f"{url}?fields=title", "application/json")):
        response = client.get(address, headers={"If-None-Match": tag, "Accept": accept})
        assert response.status_code == 200


def test_304_ends_with_a_change(api, editor, url):
    client = api(editor)
    tag = tag_of(client, url)
    client.patch(url, {"title": "Review"})
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_a_304_in_messagepack_has_no_body_either(api, viewer, url):
    client = api(viewer)
    headers = {"Accept": MSGPACK}
    tag = tag_of(client, url, **headers)
    response = client.get(url, headers={**headers, "If-None-Match": tag})
    assert (response.status_code, response.content) == (304, b"")


def test_a_change_of_access_of_the_caller_changes_the_tag(api, owner, editor, viewer, event, url):
    client, other = api(viewer), api(editor)
    tag, others = tag_of(client, url), tag_of(other, url)
    sharing.change_role(event.pk, viewer.pk, Role.EDITOR, by=owner)
    assert tag_of(client, url) != tag
    assert tag_of(other, url) == others


def test_people_with_other_roles_have_other_tags(api, owner, editor, viewer, url):
    assert len({tag_of(api(user), url) for user in (owner, editor, viewer)}) == 3


def test_a_transfer_changes_everybodys_tag(api, owner, editor, viewer, event, url):
    before = {user: tag_of(api(user), url) for user in (owner, editor, viewer)}
    sharing.change_role(event.pk, editor.pk, Role.OWNER, by=owner)
    for user, tag in before.items():
        assert tag_of(api(user), url) != tag


def test_the_tag_changes_when_the_last_editor_is_gone(api, owner, editor, event, url):
    edit(event.pk, by=editor, content={"title": "Review"})
    client = api(owner)
    tag = tag_of(client, url)
    sharing.revoke(event.pk, editor.pk, by=owner)
    editor.delete()
    assert client.get(url).json()["updated_by"] is None
    assert tag_of(client, url) != tag


WRITES = {
    "patch": lambda client, url, **kw: client.patch(url, {"title": "Review"}, **kw),
    "put": lambda client, url, **kw: client.put(url, body(title="Review"), **kw),
    "rollback": lambda client, url, **kw: client.post(f"{url}/rollback/1", {}, **kw),
    "restore": lambda client, url, **kw: client.post(f"{url}/restore", {}, **kw),
    "delete": lambda client, url, **kw: client.delete(url, **kw),
    "purge": lambda client, url, **kw: client.delete(f"{url}?purge=true", **kw),
}


@pytest.fixture
def written(api, owner, event, url):
    """`written(name, if_match)` sends one of WRITES as the owner, to the event at version 2."""
    edit(event.pk, by=owner, content={"title": "Changed"})

    def write(name: str, if_match: str):
        return WRITES[name](api(owner), url, headers={"If-Match": if_match})

    return write


@pytest.mark.parametrize("name", WRITES)
def test_every_write_goes_through_with_the_present_tag(api, owner, url, written, name):
    response = written(name, tag_of(api(owner), url))
    assert response.status_code in (200, 204), response.content


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("outdated", ['"1-000000000000.json"', '"x"', 'W/"x"', "x", ""])
def test_every_write_is_refused_with_an_outdated_tag(event, written, name, outdated):
    response = written(name, outdated)
    assert response.status_code == 412
    problem = response.json()
    assert (problem["code"], problem["current_version"]) == ("precondition_failed", 2)
    assert HistoricalEvent.objects.of_event(event.pk).count() == 2
    assert Event.objects.get(pk=event.pk).deleted_at is None


@pytest.mark.parametrize("name", WRITES)
def test_a_weak_tag_guards_no_write(api, owner, url, written, name):
    assert written(name, f"W/{tag_of(api(owner), url)}").status_code == 412


@pytest.mark.parametrize("name", WRITES)
def test_a_star_stands_for_any_state(written, name):
    assert written(name, "*").status_code in (200, 204)


def test_one_of_several_tags_is_enough(api, owner, url, written):
    given = f'"x", {tag_of(api(owner), url)}, "y"'
    assert written("patch", given).status_code == 200


@pytest.mark.parametrize("accept", ["application/json", MSGPACK])
@pytest.mark.parametrize("query", ["", "?fields=title"])
def test_a_tag_of_any_form_guards_a_write(api, owner, url, written, accept, query):
    tag = tag_of(api(owner), url + query, Accept=accept)
    assert written("patch", tag).status_code == 200


def test_the_tag_in_a_row_of_the_list_guards_a_write(api, owner, written):
    (row,) = api(owner).get("/api/events").json()["results"]
    assert written("patch", row["etag"]).status_code == 200
    assert written("patch", row["etag"]).status_code == 412


def test_the_tag_in_a_row_of_the_trash_guards_a_restore(api, owner, event, url):
    delete_event(event.pk, by=owner)
    client = api(owner)
    (row,) = client.get("/api/events?deleted=true").json()["results"]
    stale = client.post(f"{url}/restore", headers={"If-Match": '"x"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    response = client.post(f"{url}/restore", headers={"If-Match": row["etag"]})
    assert response.status_code == 200


def test_an_outdated_tag_is_refused_even_where_nothing_would_change(api, owner, url):
    client = api(owner)
    event = client.get(url).json()
    assert client.put(url, event, headers={"If-Match": '"x"'}).status_code == 412


def test_a_bad_body_is_refused_before_an_outdated_tag(api, owner, url):
    response = api(owner).patch(url, {"end_time": "2020-01-01"}, headers={"If-Match": '"x"'})
    assert errors_in(response) == {"end_time": {"invalid"}}


def test_an_unknown_version_is_refused_before_an_outdated_tag(api, owner, url):
    response = api(owner).post(f"{url}/rollback/9", {}, headers={"If-Match": '"x"'})
    assert response.status_code == 404


@pytest.mark.parametrize("who", ["owner", "editor"])
def test_the_tag_after_a_write_is_that_of_the_next_read(api, request, event, url, who):
    client = api(request.getfixturevalue(who))
    for write in (
        lambda: client.patch(url, {"title": "Review"}),
        lambda: client.patch(url, {"title": "Review"}),
        lambda: client.put(url, body(location="Hut")),
        lambda: client.post(f"{url}/rollback/2"),
    ):
        response = write()
        assert response.status_code == 200
        read = client.get(url)
        assert (response["ETag"], response.json()) == (read["ETag"], read.json())


def test_the_tag_after_a_write_in_messagepack_is_that_of_the_next_read(api, editor, url):
    client = api(editor)
    data = ormsgpack.packb({"title": "Review"})
    headers = {"Accept": MSGPACK}
    response = client.patch(url, data, content_type=MSGPACK, headers=headers)
    assert response["ETag"] == tag_of(client, url, **headers)


def test_the_tag_after_restoring_is_that_of_the_next_read(api, owner, event, url):
    delete_event(event.pk, by=owner)
    client = api(owner)
    assert client.post(f"{url}/restore")["ETag"] == tag_of(client, url)


def test_a_row_of_a_batch_has_the_tag_of_the_event(api, owner):
    client = api(owner)
    (row,) = client.post("/api/events/batch", {"events": [body()]}).json()["results"]
    tag = tag_of(client, f"/api/events/{row['id']}")
    assert state_of(tag) == row["etag"].strip('"')


def test_two_events_never_share_a_tag(api, owner):
    one, other = EventFactory(by=owner), EventFactory(by=owner)
    client = api(owner)
    assert tag_of(client, f"/api/events/{one.pk}") != tag_of(client, f"/api/events/{other.pk}")
