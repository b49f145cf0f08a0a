"""The browsable API's own session: forms, with CSRF protection."""

import re

import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD

EVENT = {
    "title": "Planning",
    "start_time": "2026-03-02T09:00:00Z",
    "end_time": "2026-03-02T10:00:00Z",
}


@pytest.fixture
def browser(owner):
    """Signed in through the login page, as a browser is: CSRF is checked."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/api-auth/login/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
    form = {"username": owner.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/api-auth/login/", form).status_code == 302
    return client


def token_of(browser) -> str:
    return browser.cookies["csrftoken"].value


def test_a_form_with_its_token_is_taken(browser):
    form = {**EVENT, "csrfmiddlewaretoken": token_of(browser)}
    answer = browser.post("/api/events", form)  # multipart
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded"])
def test_a_form_with_its_token_in_a_header_is_taken(browser, content_type):
    body = {"data": EVENT}
    if content_type:
        text = "&".join(f"{name}={value}" for name, value in EVENT.items())
        body = {"data": text.replace(":", "%3A"), "content_type": content_type}
    answer = browser.post("/api/events", **body, HTTP_X_CSRFTOKEN=token_of(browser))
    assert answer.status_code == 201, answer.content
    assert answer.json()["title"] == "Planning"


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json"])
def test_without_the_token_nothing_is_written(browser, content_type):
    answer = browser.post("/api/events", "{}", content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_json_is_taken_with_the_token_in_a_header(browser):
    headers = {"HTTP_X_CSRFTOKEN": token_of(browser)}
    answer = browser.post("/api/events", EVENT, content_type="application/json", **headers)
    assert answer.status_code == 201
