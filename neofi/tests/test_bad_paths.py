"""Addresses of nothing, ids and versions that are none, and methods that a route does not have."""

import pytest
from django.urls import URLPattern, get_resolver

from neofi.tests.refusals import Bad, assert_refused, send, table

NOT_FOUND = "404 not_found"
NO_METHOD = "405 method_not_allowed"
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
NO_IDS = {
    "a word": "nothing",
    "a number": "1",
    "nil": "00000000-0000-0000-0000-000000000000",
    "unknown": UNKNOWN,
    "one digit short": UNKNOWN[:-1],
    "without dashes": UNKNOWN.replace("-", ""),
    "in braces": f"%7B{UNKNOWN}%7D",
    "a urn": f"urn:uuid:{UNKNOWN}",
    "blanks around": f"%20{UNKNOWN}%20",
    "an end of line": f"{UNKNOWN}%0A",
    "nul": "%00",
    "nul behind it": f"{UNKNOWN}%00",
    "a surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "half an escape": "%",
    "wide digits": "\uff10" + UNKNOWN[1:],
    "an escaped slash": "..%2F..%2Fetc%2Fpasswd",
    "SQL": "1%27%20OR%20%271%27=%271",
    "a thousand characters": "a" * 1000,
}
EVENT_ROUTES = {
    "retrieve": "GET /api/events/{}",
    "change": "PATCH /api/events/{}",
    "delete": "DELETE /api/events/{}",
    "purge": "DELETE /api/events/{}?purge=true",
    "restore": "POST /api/events/{}/restore",
    "history": "GET /api/events/{}/history",
    "verify": "GET /api/events/{}/history/verify",
    "version": "GET /api/events/{}/history/1",
    "roll back": "POST /api/events/{}/rollback/1",
    "changelog": "GET /api/events/{}/changelog",
    "diff": "GET /api/events/{}/diff/1/1",
    "blame": "GET /api/events/{}/blame",
    "share": "POST /api/events/{}/share",
    "permissions": "GET /api/events/{}/permissions",
    "change set": "GET /api/changes/{}",
    "undo a change set": "POST /api/changes/{}/undo",
}


@pytest.mark.parametrize("id", NO_IDS.values(), ids=NO_IDS.keys())
def test_what_is_no_id_of_an_event_or_change_set_is_not_found(api, owner, event, id):
    client = api(owner)
    for line in EVENT_ROUTES.values():
        method, path = line.format(id).split(" ")
        response = send(client, method, path, {} if method in ("POST", "PATCH") else None)
        assert_refused(response, Bad(line, NOT_FOUND))


@pytest.mark.parametrize("id", NO_IDS.values(), ids=NO_IDS.keys())
def test_what_is_no_id_of_a_person_is_not_found(api, owner, event, id):
    client = api(owner)
    for method, body in (("PUT", {"role": "viewer"}), ("DELETE", None)):
        response = send(client, method, f"/api/events/{event.pk}/permissions/{id}", body)
        assert_refused(response, Bad(method, NOT_FOUND))


NO_VERSIONS = {
    "0": "0",
    "3 of 2": "3",
    "minus 1": "-1",
    "plus 1": "+1",
    "a leading zero": "01",
    "a fraction": "1.0",
    "with an exponent": "1e0",
    "with an underscore": "1_0",
    "hexadecimal": "0x1",
    "2 to the 31st": str(2**31),
    "2 to the 32nd and 1": str(2**32 + 1),
    "2 to the 63rd": str(2**63),
    "5000 digits": "1" * 5000,
    "a word": "abc",
    "Arabic digits": "\u0661",
    "a superscript": "²",
    "a blank": "%20",
    "blanks around": "%201%20",
    "nul": "%00",
    "nul behind it": "1%00",
    "no UTF-8": "%FF",
    "latest": "latest",
}


@pytest.mark.parametrize("version", NO_VERSIONS.values(), ids=NO_VERSIONS.keys())
def test_versions_that_never_were_are_not_found(api, owner, event, version):
    client, here = api(owner), f"/api/events/{event.pk}"
    assert client.patch(here, {"title": "Second"}).json()["version"] == 2
    for method, path in (
        ("GET", f"history/{version}"),
        ("POST", f"rollback/{version}"),
        ("GET", f"diff/{version}/1"),
        ("GET", f"diff/2/{version}"),
        ("GET", f"diff/{version}/{version}"),
    ):
        assert_refused(send(client, method, f"{here}/{path}"), Bad(path, NOT_FOUND))


@table(
    an_unknown_path=Bad("GET /api/nothing", NOT_FOUND),
    an_unknown_path_for_nobody=Bad("GET /api/nothing", NOT_FOUND, by=""),
    a_write_to_nowhere=Bad("POST /api/nothing", NOT_FOUND, {}),
    below_an_event=Bad("GET {event}/nothing", NOT_FOUND),
    below_verify=Bad("GET {event}/history/verify/1", NOT_FOUND),
    below_a_version=Bad("GET {event}/history/1/nothing", NOT_FOUND),
    one_side_of_a_diff=Bad("GET {event}/diff/1", NOT_FOUND),
    no_side_of_a_diff=Bad("GET {event}/diff", NOT_FOUND),
    rollback_to_nothing=Bad("POST {event}/rollback", NOT_FOUND),
    doubled_slash_in_front=Bad("GET /api//events", NOT_FOUND),
    doubled_slash_inside=Bad("GET {event}//history", NOT_FOUND),
    no_id_at_all=Bad("GET /api/events//history", NOT_FOUND),
    capitals=Bad("GET /API/EVENTS", NOT_FOUND),
    dots=Bad("GET /api/events/../auth/me", NOT_FOUND),
    escaped_dots=Bad("GET /api/events/%2e%2e/auth/me", NOT_FOUND),
    an_escaped_slash=Bad("GET {event}%2Fnothing", NOT_FOUND),
    nul=Bad("GET /api/%00", NOT_FOUND),
    no_utf_8=Bad("GET /api/%FF%C0", NOT_FOUND),
    a_very_long_one=Bad("GET /api/" + "a" * 50_000, NOT_FOUND),
    a_suffix=Bad("GET {event}.json", NOT_FOUND),
    a_suffix_of_the_list=Bad("GET /api/events.json", NOT_FOUND),
    in_the_trash=Bad("GET {trashed}", NOT_FOUND),
    somebody_without_a_role=Bad(
        "PUT {event}/permissions/{stranger_id}", NOT_FOUND, {"role": "viewer"}
    ),
    the_event_as_a_person=Bad("DELETE {event}/permissions/{id}", NOT_FOUND),
    me_is_no_id=Bad("DELETE {event}/permissions/me", NOT_FOUND),
    below_a_change_set=Bad("GET {changes}/nothing", NOT_FOUND),
    no_change_set=Bad("GET /api/changes", NOT_FOUND),
    the_event_as_a_change_set=Bad("GET /api/changes/{id}", NOT_FOUND),
    a_person_as_the_event=Bad("GET /api/events/{owner_id}", NOT_FOUND),
)
def test_where_there_is_nothing(refuse, bad):
    refuse(bad)


def test_an_id_may_be_written_in_capitals(api, owner, event):
    """As RFC 9562 has it; but with its dashes, and nothing around it."""
    assert api(owner).get(f"/api/events/{str(event.pk).upper()}").json()["id"] == str(event.pk)


PATHS = {
    "/api/": "GET",
    "/api/schema": "GET",
    "/api/events": "GET POST",
    "/api/events/batch": "POST",
    "{event}": "GET PUT PATCH DELETE",
    "{event}/restore": "POST",
    "{event}/history": "GET",
    "{event}/history/verify": "GET",
    "{event}/history/1": "GET",
    "{event}/rollback/1": "POST",
    "{event}/undo/1": "POST",
    "{event}/changelog": "GET",
    "{event}/diff/1/1": "GET",
    "{event}/blame": "GET",
    "{event}/share": "POST",
    "{event}/permissions": "GET",
    "{access}": "PUT DELETE",
    "{changes}": "GET",
    "{changes}/undo": "POST",
    "/api/auth/register": "POST",
    "/api/auth/login": "POST",
    "/api/auth/refresh": "POST",
    "/api/auth/logout": "POST",
    "/api/auth/me": "GET PATCH",
}
every_path = pytest.mark.parametrize(("path", "methods"), PATHS.items())


def test_no_path_is_missing_here():
    def routes(patterns, prefix=""):
        for pattern in patterns:
            here = prefix + str(pattern.pattern)
            yield from (
                [here] if isinstance(pattern, URLPattern) else routes(pattern.url_patterns, here)
            )

    known = [path for path in routes(get_resolver().url_patterns) if path.startswith("api/")]
    assert len(known) == len(PATHS)


@every_path
def test_other_methods_are_refused_with_those_that_there_are(api, owner, at, path, methods):
    known = {*methods.split(), "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    client = api(owner)
    others = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"} - known
    for method in sorted(others):
        response = send(client, *at(f"{method} {path}"), {})
        assert_refused(response, Bad(path, NO_METHOD))
        assert {name.strip() for name in response["Allow"].split(",")} | {"HEAD"} == known | {
            "HEAD"
        }


@every_path
def test_options_are_answered(api, owner, at, path, methods):
    for accept in ("application/json", "application/msgpack"):
        response = send(api(owner), *at(f"OPTIONS {path}"), Accept=accept)
        assert response.status_code in (200, 406), response.content
        assert response["X-Request-ID"]


@pytest.mark.parametrize("path", [path for path, methods in PATHS.items() if "GET" in methods])
def test_head_is_get_without_the_body(api, owner, at, path):
    client, (_, here) = api(owner), at(f"GET {path}")
    get, head = client.get(here), client.head(here)
    assert (head.status_code, head.content) == (get.status_code, b"") == (200, b"")
    for name in ("Content-Type", "ETag", "Vary", "Allow"):
        assert head.get(name) == get.get(name)


@pytest.mark.parametrize("path", [path for path, methods in PATHS.items() if "GET" in methods])
def test_a_slash_at_the_end_changes_nothing(api, owner, at, path):
    client, here = api(owner), at(f"GET {path}")[1].rstrip("/")
    without, with_slash, with_two = (client.get(here + end) for end in ("", "/", "//"))
    if path != "/api/":  # the root keeps its own
        assert without.content == with_slash.content == with_two.content
    assert with_slash.status_code == 200


@pytest.mark.parametrize(
    ("line", "body", "status"),
    [
        ("POST /api/events", {}, 400),
        ("POST /api/events/batch", {}, 400),
        ("PUT {event}", {}, 400),
        ("PATCH {event}", {}, 200),
        ("DELETE {event}", None, 204),
        ("POST {trashed}/restore", None, 200),
        ("POST {event}/rollback/1", None, 200),
        ("POST {event}/share", {"user": "stranger", "role": "viewer"}, 201),
        ("PUT {access}", {"role": "viewer"}, 200),
        ("DELETE {access}", None, 204),
        ("POST {changes}/undo", None, 200),
        ("PATCH /api/auth/me", {"timezone": "Europe/Berlin"}, 200),
        ("POST /api/auth/register", {}, 400),
        ("POST /api/auth/login", {}, 400),
        ("POST /api/auth/refresh", {}, 400),
        ("POST /api/auth/logout", {}, 400),
    ],
)
def test_writes_take_a_slash_at_the_end_too(api, owner, at, line, body, status):
    """No redirect: a client would follow one with a GET, and lose the body."""
    method, path = at(line)
    assert send(api(owner), method, f"{path}/", body).status_code == status
