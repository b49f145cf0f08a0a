"""Headers that mean nothing, or not what their sender hopes."""

import re

import pytest
from rest_framework.test import APIClient

from accounts import services
from neofi.tests.refusals import FORM, JSON, Bad, assert_refused, problem_in, send, table

NOBODY = "401 not_authenticated"
NO_TOKEN = "401 token_invalid"
TOO_LARGE = Bad("", "413 too_large")


def with_authorization(value: str, refused: str) -> Bad:
    return Bad("GET /api/events", refused, by="", headers={"Authorization": value})


@table(
    none=Bad("GET /api/events", NOBODY, by=""),
    empty=with_authorization("", NOBODY),
    blanks=with_authorization("   ", NOBODY),
    basic=with_authorization("Basic b3duZXI6b3duZXI=", NOBODY),
    token=with_authorization("Token abc", NOBODY),
    a_list=with_authorization("Bearer,Bearer", NOBODY),
    no_token=with_authorization("Bearer", NO_TOKEN),
    two_tokens=with_authorization("Bearer a b", NO_TOKEN),
    a_word=with_authorization("Bearer abc", NO_TOKEN),
    dots=with_authorization("Bearer ..", NO_TOKEN),
    nothing_signed=with_authorization("Bearer e30.e30.", NO_TOKEN),
    latin_1=with_authorization("Bearer äöü.äöü.äöü", NO_TOKEN),
    nul=with_authorization("Bearer a\0b", NO_TOKEN),
    control_characters=with_authorization("Bearer a\x01.\x02.\x03", NO_TOKEN),
    json=with_authorization('Bearer {"sub": 1}', NO_TOKEN),
    very_long=with_authorization("Bearer " + "a" * 100_000, NO_TOKEN),
    very_many_words=with_authorization("Bearer " + "a " * 10_000, NO_TOKEN),
)
def test_who_somebody_is(refuse, bad):
    refuse(bad)


def test_a_session_cookie_of_anything_is_nobody(db):
    """Cookies may be quoted, and so hold characters that PostgreSQL has no word for."""
    for value in (
        "x",
        "a" * 32,
        r'"aaaaaaaaaaaa\000"',
        '"' + "é" * 40 + '"',
        "%00" * 11,
        "a" * 9000,
    ):
        response = send(APIClient(), "GET", "/api/events", Cookie=f"sessionid={value}")
        assert_refused(response, Bad("", NOBODY))


def test_a_session_without_the_csrf_token_may_not_write(owner, event):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(owner)
    for method, path in (("POST", "/api/events"), ("DELETE", f"/api/events/{event.pk}")):
        assert_refused(send(client, method, path, {}), Bad("", "403 permission_denied"))


def test_a_csrf_token_of_nonsense_is_none(owner):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(owner)
    for token in ("", "x", "\0" * 32, "é" * 64, "a" * 10_000):
        response = send(client, "POST", "/api/events", {}, **{"X-CSRFToken": token})
        assert_refused(response, Bad("", "403 permission_denied"))


def test_a_login_page_of_django_refuses_in_the_same_form(db):
    client = APIClient(enforce_csrf_checks=True)
    response = send(client, "POST", "/api-auth/login/", b"username=a&password=b", FORM)
    assert_refused(response, Bad("", "403 csrf_failed"))


def if_match(value: str, request: str = "PATCH {event}", refused: str = "412 precondition_failed"):
    body = {} if request.startswith("PATCH") else None
    return Bad(request, refused, body, headers={"If-Match": value})


@table(
    empty=if_match(""),
    a_word=if_match("nonsense"),
    unquoted=if_match("1-000000000000"),
    unclosed=if_match('"1-000000000000'),
    quotes=if_match('""'),
    a_version_alone=if_match('"1"'),
    two_stars=if_match("**"),
    a_quoted_star=if_match('"*"'),
    a_star_among_others=if_match('*, "1-000000000000"'),
    commas=if_match(",,,,"),
    latin_1=if_match('"äöü"'),
    nul=if_match('"\0"'),
    very_long=if_match('"' + "a" * 100_000 + '"'),
    very_many=if_match(", ".join(['"a"'] * 20_000)),
    of_a_delete=if_match('"x"', "DELETE {event}"),
    of_a_purge=if_match('"x"', "DELETE {event}?purge=true"),
    of_a_restore=if_match('"x"', "POST {trashed}/restore"),
    of_a_rollback=if_match('"x"', "POST {event}/rollback/1"),
)
def test_if_match_of_anything_else_than_the_present_state(refuse, bad):
    refuse(bad)


def test_a_weak_tag_never_guards_a_write(api, owner, event):
    client, here = api(owner), f"/api/events/{event.pk}"
    tag = client.get(here)["ETag"]
    for given in (f"W/{tag}", f"w/{tag}", f"W/ {tag}"):
        response = send(client, "PATCH", here, {"title": "Other"}, **{"If-Match": given})
        assert_refused(response, Bad("", "412 precondition_failed"))
        assert response.json()["current_version"] == 1


def test_a_star_matches_whatever_there_is(api, owner, event):
    here = f"/api/events/{event.pk}"
    response = send(api(owner), "PATCH", here, {"title": "Other"}, **{"If-Match": "*"})
    assert (response.status_code, response.json()["version"]) == (200, 2)


@pytest.mark.parametrize(
    "given", ["", "nonsense", '"', '"1"', "W/", ",", '"\0"', "ä", '"' + "a" * 100_000]
)
def test_if_none_match_of_nonsense_is_answered_in_full(api, owner, event, given):
    response = send(api(owner), "GET", f"/api/events/{event.pk}", **{"If-None-Match": given})
    assert response.status_code == 200


def accepting(value: str, path: str = "/api/events", refused: str = "406 not_acceptable") -> Bad:
    return Bad(f"GET {path}", refused, headers={"Accept": value})


@table(
    xml=accepting("application/xml"),
    an_image=accepting("image/png, image/*"),
    a_word=accepting("json"),
    nul=accepting("application/\0json"),
    an_unknown_charset=accepting("application/json; q*=bogus''x"),
    json_patch_of_no_diff=accepting("application/json-patch+json"),
    a_very_long_one=accepting("a/" + "b" * 50_000),
    very_many=accepting(", ".join(["a/b"] * 5000)),
    of_an_event=accepting("application/xml", "{event}"),
    of_a_diff=accepting("text/x-diff", "{event}/diff/1/1"),
    of_the_history=accepting("text/csv", "{event}/history"),
    of_the_changelog=accepting("application/xml", "{event}/changelog"),
    of_the_permissions=accepting("application/xml", "{event}/permissions"),
    of_the_profile=accepting("application/xml", "/api/auth/me"),
    of_a_write=Bad(
        "PATCH {event}", "406 not_acceptable", {"title": "a"}, headers={"Accept": "a/b"}
    ),
    of_a_login=Bad("POST /api/auth/login", "406 not_acceptable", {}, headers={"Accept": "a/b"}),
)
def test_forms_that_answers_do_not_have(refuse, bad):
    refuse(bad)


@pytest.mark.parametrize(
    "accept", ["application/msgpack", "text/plain", "application/json-patch+json"]
)
def test_refusals_are_problems_whatever_form_was_asked_for(api, owner, event, accept):
    response = send(api(owner), "GET", f"/api/events/{event.pk}/diff/1/9", Accept=accept)
    assert problem_in(response)["code"] == "not_found"


@pytest.mark.parametrize(
    "host", ["evil.example", "", "a b", "localhost:port", "[::1", "a,localhost", "ä"]
)
def test_a_host_that_is_not_ours_is_refused(api, owner, host):
    response = send(api(owner), "GET", "/api/events", Host=host)
    assert_refused(response, Bad("", "400 parse_error"))


SANE_ID = re.compile(r"[0-9a-f-]{36}")


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "a b",
        "a\nb",
        "a\r\nSet-Cookie: b=c",
        "a\0",
        "é",
        "\u0661",
        "a" * 129,
        "a;b",
        '"a"',
        "<a>",
    ],
)
def test_an_insane_request_id_is_replaced(db, given):
    response = send(APIClient(), "GET", "/api/events", **{"X-Request-ID": given})
    assert SANE_ID.fullmatch(response["X-Request-ID"])


@pytest.mark.parametrize("given", ["a", "A-1_2.3", "a" * 128])
def test_a_sane_request_id_comes_back(db, given):
    response = send(APIClient(), "GET", "/nothing/at/all", **{"X-Request-ID": given})
    assert response["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        ",",
        "unknown",
        "1.2.3.4.5",
        "::1%eth0",
        "é",
        "\0",
        "a" * 10_000,
        "," * 10_000,
        "1.2.3.4, x",
    ],
)
def test_a_forwarded_address_of_garbage_is_no_address(db, settings, given):
    settings.TRUSTED_PROXIES = 1
    body = {"username": "ada", "email": "ada@example.org", "password": "difference-engine-1822"}
    headers = {"X-Forwarded-For": given, "User-Agent": given}
    response = send(APIClient(), "POST", "/api/auth/register", body, **headers)
    assert response.status_code == 201


PATHS = ["/api/events", "/api/events/batch", "/api/auth/login", "/api/nothing", "/", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "length",
    [str(10 * 2**20 + 1), str(2**31), str(2**64), "9" * 5000],
    ids=lambda length: f"{len(length)} digits",
)
def test_a_body_over_10_mib_is_refused_by_its_length(db, path, length):
    response = APIClient().generic("POST", path, CONTENT_LENGTH=length, content_type=JSON)
    assert_refused(response, TOO_LARGE)


def test_a_body_of_10_mib_is_read(api, owner):
    """The limit is on the body, and this one is refused for what it says."""
    title = b'{"title": "' + b"x" * (10 * 2**20 - 13) + b'"}'
    assert len(title) == 10 * 2**20
    response = send(api(owner), "POST", "/api/events", title)
    assert_refused(response, Bad("", "400 title:max_length start_time:required end_time:required"))


@pytest.mark.parametrize(
    "length", ["-1", "+5", "abc", "1.5", "0x10", "²", "\u0665", "5 5", "5,5", "\0"]
)
def test_a_length_that_is_no_number_is_refused(db, length):
    response = APIClient().generic("POST", "/api/events", CONTENT_LENGTH=length, content_type=JSON)
    assert_refused(response, Bad("", "400 parse_error"))


def test_a_token_in_the_query_or_body_is_no_token(owner):
    _, token = services.start_session(user=owner)
    for path in ("/api/events?access_token=", "/api/events?token="):
        response = send(APIClient(), "GET", f"{path}{token.access_token}")
        assert_refused(response, Bad("", NOBODY))


def test_a_page_for_people_refuses_too(api, owner, event):
    """The browsable API shows a refusal inside its page, and never fails over one."""
    client, here = api(owner), f"/api/events/{event.pk}"
    for method, path, body, status in (
        ("GET", "/api/events?colour=red", None, 400),
        ("GET", "/api/events?page_size=0", None, 400),
        ("GET", "/api/events?" + "a=1&" * 1001, None, 400),
        ("GET", "/api/events/nothing", None, 404),
        ("GET", f"{here}/history?cursor=x", None, 400),
        ("POST", "/api/events", b"{", 400),
        ("PATCH", here, b"[]", 400),
        ("PUT", here, {"title": []}, 400),
        ("POST", f"{here}/share", {"user": {}}, 400),
        ("POST", f"{here}/history", {}, 405),
        ("POST", "/api/events/batch", b"\0", 400),
        ("PATCH", "/api/auth/me", b"null", 400),
        ("POST", "/api/auth/login", b"{", 400),
    ):
        response = send(client, method, path, body, Accept="text/html")
        assert response.status_code == status, (method, path, response.content[-500:])
        assert b"Traceback (most recent" not in response.content
