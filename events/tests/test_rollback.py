import pytest
from rest_framework.exceptions import NotFound

from accounts.tests.bodies import errors_in
from events.models import HistoricalEvent
from events.services.versions import roll_back
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit


@pytest.fixture
def edited(editor, event):
    """At version 3."""
    edit(event.pk, by=editor, content={"title": "Review", "metadata": {"k": [1]}})
    edit(event.pk, by=editor, content={"location": "Hut", "timezone": "Asia/Tokyo"})
    return event


def content_of(client, url: str, version: int) -> dict:
    return client.get(f"{url}/history/{version}").json()["event"]


def test_the_content_becomes_what_it_was(api, editor, edited, url):
    client = api(editor)
    for source, version in ((1, 4), (3, 5), (2, 6), (4, 7)):
        response = client.post(f"{url}/rollback/{source}")
        assert response.status_code == 200
        event = response.json()
        wanted = content_of(client, url, source)
        assert {name: event[name] for name in wanted} == wanted
        assert event["version"] == version


def test_a_rollback_is_a_version_that_names_its_source(api, editor, edited, url):
    client = api(editor)
    before = [content_of(client, url, version) for version in (1, 2, 3)]
    response = client.post(f"{url}/rollback/1", {"note": "as agreed"})

    row = HistoricalEvent.objects.of_event(edited.pk).get(version=4)
    assert (row.action, row.source_version) == ("rolled_back", 1)
    assert (row.history_user_id, row.history_change_reason) == (editor.pk, "as agreed")
    assert response["X-Change-Set"] == str(row.change_set)
    assert [content_of(client, url, version) for version in (1, 2, 3)] == before


def test_a_rollback_to_the_present_version_makes_no_version(api, editor, edited, url):
    response = api(editor).post(f"{url}/rollback/3")
    assert (response.status_code, response.json()["version"]) == (200, 3)
    assert "X-Change-Set" not in response


def test_a_rollback_to_an_earlier_version_with_the_same_content_makes_no_version(
    api, editor, edited, url
):
    client = api(editor)
    client.post(f"{url}/rollback/1")
    assert client.post(f"{url}/rollback/1").json()["version"] == 4


def test_a_rollback_to_a_deleted_version_is_to_its_content(api, owner, edited, url):
    delete_event(edited.pk, by=owner)  # version 4
    restore_event(edited.pk, by=owner)
    edit(edited.pk, by=owner, content={"title": "New"})
    event = api(owner).post(f"{url}/rollback/4").json()
    assert (event["title"], event["version"]) == ("Review", 7)
    assert api(owner).get(url).status_code == 200


@pytest.mark.parametrize("version", ["0", "4", "x", "-1", str(2**31), "1e0"])
def test_a_version_that_never_was_is_404(api, editor, edited, url, version):
    assert api(editor).post(f"{url}/rollback/{version}").status_code == 404


def test_the_versions_of_another_event_are_no_help(api, owner, edited):
    other = EventFactory(by=owner)
    assert api(owner).post(f"/api/events/{other.pk}/rollback/2").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("stranger", 404)])
def test_viewer_cannot_roll_back(api, request, edited, url, who, status):
    response = api(request.getfixturevalue(who)).post(f"{url}/rollback/1")
    assert response.status_code == status
    assert HistoricalEvent.objects.of_event(edited.pk).count() == 3


def test_a_rollback_takes_a_note_and_nothing_else(api, editor, edited, url):
    client = api(editor)
    too_long = client.post(f"{url}/rollback/1", {"note": "n" * 501})
    assert errors_in(too_long) == {"note": {"max_length"}}
    unknown = client.post(f"{url}/rollback/1", {"version": 1})
    assert errors_in(unknown) == {"version": {"unknown_field"}}


def test_a_rollback_keeps_the_access(api, owner, edited, url, stranger):
    client = api(owner)
    client.post(f"{url}/share", {"user": "stranger", "role": "viewer"})
    client.post(f"{url}/rollback/1")
    assert api(stranger).get(url).json()["title"] == "Planning"


def test_the_service_itself_knows_no_version_that_never_was(editor, edited):
    with pytest.raises(NotFound):
        roll_back(edited.pk, 4, by=editor)
