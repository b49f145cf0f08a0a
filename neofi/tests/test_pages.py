"""The pages for people: they are there, and load nothing from another host."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.tests.factories import UserFactory
from events.tests.factories import EventFactory

PAGES = ["/", "/docs", "/redoc", "/nowhere", "/api/", "/api/events", "/api-auth/login/", "/admin/"]
LOADING = {"script", "link", "img", "iframe", "source", "object", "embed", "form"}


class Loaded(HTMLParser):
    """The addresses of what a page loads by itself, or sends its forms to."""

    def __init__(self, html: str):
        super().__init__()
        self.addresses = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in LOADING:
            names = ("src", "href", "data", "action")
            self.addresses += [values[name] for name in names if values.get(name)]


def get(client, path):
    return client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}, follow=True)


@pytest.fixture
def member(client, db):
    """Somebody with a session, and an event of theirs with two versions and a guest."""
    user = UserFactory(username="ada")
    client.force_login(user, backend="accounts.backends.NameOrEmailBackend")
    return user


@pytest.fixture
def event(member):
    return f"/api/events/{EventFactory(by=member).pk}"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.django_db
def test_a_page_loads_nothing_from_another_host(client, path):
    response = get(client, path)
    assert response["Content-Type"].startswith("text/html")
    for address in Loaded(response.content.decode()).addresses:
        parts = urlsplit(address)
        assert parts[:2] == ("", ""), address
        if parts.path.startswith("/static/"):
            assert finders.find(parts.path.removeprefix("/static/")), address


def test_the_landing_page_leads_everywhere(client, db):
    page = get(client, "/").content.decode()
    for path in ("/docs", "/redoc", "/api/", "/api/schema", "/admin/"):
        assert f'href="{path}"' in page
        assert get(client, path).status_code == 200
    assert "<script" not in page


def test_the_problem_page_is_for_people_alone(client):
    assert get(client, "/nowhere").status_code == 404
    assert "There is nothing at this address." in get(client, "/nowhere").content.decode()
    for_programs = ["application/problem+json"] * 2
    answers = [client.get("/nowhere"), get(client, "/api/nowhere")]
    assert [answer["Content-Type"] for answer in answers] == for_programs


@pytest.mark.parametrize(
    "below",
    ["", "/history", "/history/1", "/changelog", "/diff/1/1", "/blame", "/permissions"],
)
def test_the_browsable_api_shows_everything_of_an_event(client, event, below):
    response = get(client, event + below)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/api/", "/api/events", "/api/auth/me"])
def test_the_browsable_api_shows_what_is_ones_own(client, member, path):
    assert get(client, path).status_code == 200


def test_a_body_to_fill_in_has_the_required_fields(client, member):
    page = get(client, "/api/events").content.decode()
    assert "&quot;start_time&quot;: null" in page
    assert "&quot;recurrence&quot;" not in page


def test_a_body_of_the_browsable_api_needs_the_csrf_token(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="accounts.backends.NameOrEmailBackend")
    body = {"title": "A", "start_time": "2026-03-02T09:00", "end_time": "2026-03-02T10:00"}
    send = {"path": "/api/events", "data": body, "content_type": "application/json"}
    assert client.post(**send).status_code == 403
    get(client, "/api/events")
    token = client.cookies["csrftoken"].value
    assert client.post(**send, headers={"X-CSRFToken": token}).status_code == 201


@pytest.mark.parametrize("path", ["/", "/api/", "/api/events", "/api-auth/login/", "/nowhere"])
def test_pages_need_no_script_and_say_what_they_are(client, member, path):
    page = get(client, path).content.decode()
    assert "<script" not in page
    assert not re.search(r"""<[^>]* on[a-z]+=""", page)
    assert page.count("<h1") == 1
    assert '<html lang="en">' in page


def test_the_reference_remembers_who_is_authorized(client, db):
    page = get(client, "/docs").content.decode()
    assert '"persistAuthorization": true' in page
    assert 'href="/static/neofi/icon.svg"' in page


@pytest.mark.parametrize(
    "path",
    ["", "accounts/user/", "accounts/user/add/", "accounts/session/", "events/event/", "login/"],
)
def test_the_admin_needs_no_script_in_its_pages(admin_client, path):
    page = get(admin_client, f"/admin/{path}").content.decode()
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in script for script in scripts)
    assert not re.search(r"""<[^>]* on[a-z]+=""", page)
