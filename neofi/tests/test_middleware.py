import logging

import pytest

from events.tests.factories import EventFactory
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
    assert line.startswith(f"id=abc address=127.0.0.1 user={owner.pk} method=GET path=/api/events ")
    assert "status=200" in line
    assert "secret" not in line


def test_a_path_forges_no_line_of_the_log(client, caplog):
    with caplog.at_level(logging.INFO, "neofi.access"):
        client.get("/healthz%0aid=forged")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "neofi.access"]
    assert "\n" not in line


@pytest.mark.parametrize("path", ["/api/events/", "/api/events//", "/api/auth/me/"])
def test_a_slash_at_the_end_makes_no_difference(api, owner, path):
    assert api(owner).get(path).status_code == 200


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
    assert "default-src 'self'" in client.get("/healthz")["Content-Security-Policy"]
