import logging
import re
from io import StringIO

import pytest

from events.tests.factories import EventFactory
from neofi import health
from neofi.ids import parse_uuid


@pytest.mark.parametrize("given", ["abc", "A.b_c-1", "x" * 128])
def test_a_sane_request_id_comes_back(client, given):
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert response["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\tb", "é", "a;b", "<a>"])
def test_any_other_request_id_is_made_anew(client, given):
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert parse_uuid(response["X-Request-ID"]).version == 7


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/api/events"])
def test_refusals_carry_a_request_id_too(client, db, path):
    assert client.get(path)["X-Request-ID"]


def test_each_request_is_one_line_of_the_log(api, owner, caplog):
    with caplog.at_level(logging.INFO, "neofi.access"):
        api(owner).get("/api/events?search=secret", headers={"X-Request-ID": "abc"})
    (line,) = [record.getMessage() for record in caplog.records if record.name == "neofi.access"]
    assert line.startswith(f"address=127.0.0.1 user={owner.pk} method=GET path=/api/events ")
    assert "status=200" in line
    assert "secret" not in line


@pytest.fixture
def console(monkeypatch):
    """What the handler of the settings writes."""
    (handler,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    monkeypatch.setattr(handler, "stream", stream := StringIO())
    return stream


def test_every_line_that_a_request_logs_has_its_id(client, db, console, monkeypatch):
    monkeypatch.setattr(health, "MigrationExecutor", None)
    monkeypatch.setattr(health, "_migrated", False)
    client.raise_request_exception = False
    assert client.get("/readyz", headers={"X-Request-ID": "abc"}).status_code == 500
    written = console.getvalue()
    assert "neofi.access id=abc address=127.0.0.1 " in written
    assert "django.request id=abc Internal Server Error: /readyz" in written


def test_a_line_outside_of_requests_has_no_id(client, console):
    client.get("/healthz")
    logging.getLogger("neofi").warning("Hello.")
    assert console.getvalue().endswith("neofi id=- Hello.\n")


def test_the_link_of_a_mail_is_no_secret_in_the_log(client, db, caplog):
    client.get("/password/reset/MQ/abc-0123456789/")
    line = caplog.messages[-1]
    assert "path=/password/reset/MQ/.../ " in line
    assert "0123456789" not in caplog.text


def test_a_path_forges_no_line_of_the_log(client, caplog):
    with caplog.at_level(logging.INFO, "neofi.access"):
        client.get("/healthz%0aid=forged")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "neofi.access"]
    assert "\n" not in line


@pytest.mark.parametrize("path", ["/api/events/", "/api/events//", "/api/auth/me/"])
def test_a_slash_at_the_end_makes_no_difference(api, owner, path):
    assert api(owner).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_root_of_the_api_may_lack_its_slash(api, path):
    assert api().get(path).json()["events"] == "http://testserver/api/events"


def test_links_of_a_list_have_no_slash(api, owner, event):
    EventFactory(by=owner)
    link = api(owner).get("/api/events/?page_size=1").json()["next"]
    assert link.startswith("http://testserver/api/events?")


def test_a_body_that_is_too_long_is_413_before_anything_else(client, settings, db):
    settings.MAX_BODY_BYTES = 10
    response = client.post("/api/nowhere", b"x" * 11, content_type="image/png")
    assert response.status_code == 413
    assert response.json()["code"] == "too_large"
    assert response["X-Request-ID"]


def test_every_page_has_a_content_security_policy(client, db):
    assert "default-src 'self'" in client.get("/")["Content-Security-Policy"]


def scripts_allowed(response) -> str:
    (rule,) = re.findall("script-src ([^;]*);", response["Content-Security-Policy"])
    return rule


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api/", "/api/events", "/api/nowhere", "/api-auth/login/"]
)
def test_no_script_may_stand_in_a_page(client, db, path):
    assert scripts_allowed(client.get(path)) == "'self'"


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_but_for_pages_that_bring_some(client, db, path):
    assert scripts_allowed(client.get(path)) == "'self' 'unsafe-inline'"


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/", 301)])
def test_probes_are_not_sent_to_https(client, db, settings, path, status):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code == status


def test_a_call_with_a_token_has_the_headers_of_any_other(api, owner, client):
    """It takes a shorter way, which must not be told from outside."""
    short = api(owner).get("/api/auth/me")
    client.force_login(owner)
    long = client.get("/api/auth/me", headers={"Accept": "application/json"})
    assert (short.status_code, long.status_code) == (200, 200)
    ours = {name: value for name, value in short.items() if name != "X-Request-ID"}
    theirs = {name: value for name, value in long.items() if name != "X-Request-ID"}
    assert theirs.pop("Vary") == "Accept, Cookie"
    assert ours.pop("Vary") == "Accept"
    assert ours == theirs


def test_a_call_with_a_token_needs_a_host_of_ours_too(api, owner):
    assert api(owner).get("/api/auth/me", HTTP_HOST="elsewhere.example").status_code == 400


def test_a_token_takes_no_request_for_a_page_off_its_way(api, owner):
    assert api(owner).get("/admin/").status_code == 302
