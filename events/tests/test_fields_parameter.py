import pytest

from accounts.tests.bodies import errors_in


def test_an_event_answers_just_the_fields_asked_for(api, viewer, url):
    event = api(viewer).get(f"{url}?fields=title,start_time,owner").json()
    assert event.keys() == {"title", "start_time", "owner"}


def test_a_list_answers_just_the_fields_asked_for(api, viewer, url):
    response = api(viewer).get("/api/events?fields=id,etag, role")
    assert [row.keys() for row in response.json()["results"]] == [{"id", "etag", "role"}]


def test_pages_go_by_columns_that_are_not_shown(api, owner, event):
    response = api(owner).get("/api/events?fields=title&ordering=updated_at&page_size=1")
    assert response.json()["results"] == [{"title": "Planning"}]


def test_every_field_may_be_asked_for(api, viewer, url):
    client = api(viewer)
    event = client.get(url).json()
    assert client.get(f"{url}?fields={','.join(event)}").json() == event


@pytest.mark.parametrize("fields", ["colour", "title,colour", "", ",", "etag", "Title", "title.x"])
def test_a_field_that_is_not_there_is_refused(api, viewer, url, fields):
    assert errors_in(api(viewer).get(f"{url}?fields={fields}")) == {"fields": {"invalid"}}


def test_fields_are_for_reads(api, owner, url):
    errors = errors_in(api(owner).patch(f"{url}?fields=title", {"title": "Review"}))
    assert errors == {"fields": {"unknown_parameter"}}
