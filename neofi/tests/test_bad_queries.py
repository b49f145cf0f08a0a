"""Query parameters that must not be: unknown ones, doubled ones, and values that mean nothing."""

import base64

import orjson
import pytest

from neofi.tests.refusals import Bad, send, table

NUL = "null_characters_not_allowed"
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
START = "2026-03-02T09:00:00Z"
# Every route, with what its body needs to be right.
ROUTES = {
    "list": ("GET /api/events", None),
    "create": ("POST /api/events", {}),
    "batch": ("POST /api/events/batch", {}),
    "retrieve": ("GET {event}", None),
    "replace": ("PUT {event}", {}),
    "change": ("PATCH {event}", {}),
    "delete": ("DELETE {event}", None),
    "restore": ("POST {trashed}/restore", None),
    "history": ("GET {event}/history", None),
    "version": ("GET {event}/history/1", None),
    "roll back": ("POST {event}/rollback/1", None),
    "changelog": ("GET {event}/changelog", None),
    "diff": ("GET {event}/diff/1/1", None),
    "blame": ("GET {event}/blame", None),
    "share": ("POST {event}/share", {}),
    "permissions": ("GET {event}/permissions", None),
    "change a role": ("PUT {access}", {}),
    "revoke": ("DELETE {access}", None),
    "change set": ("GET {changes}", None),
    "undo a change set": ("POST {changes}/undo", None),
    "profile": ("GET /api/auth/me", None),
    "change the profile": ("PATCH /api/auth/me", {}),
    "register": ("POST /api/auth/register", {}),
    "login": ("POST /api/auth/login", {}),
    "refresh": ("POST /api/auth/refresh", {}),
    "logout": ("POST /api/auth/logout", {}),
    "root": ("GET /api/", None),
}
every_route = pytest.mark.parametrize(("line", "body"), ROUTES.values(), ids=ROUTES.keys())
MANY = "&".join(["page_size=1"] * 1001)


@every_route
def test_every_route_refuses_what_it_does_not_know(refuse, line, body):
    refuse(Bad(f"{line}?colour=red", "400 colour:unknown_parameter", body))
    refuse(Bad(f"{line}?format=json&format=json", "400 format:repeated_parameter", body))
    refuse(Bad(f"{line}?format=xml", "406 not_acceptable", body))
    refuse(Bad(f"{line}?{MANY}", "400 parse_error", body))


def events(query: str, refused: str) -> Bad:
    return Bad(f"GET /api/events?{query}", f"400 {refused}")


@table(
    of_another_route=events("purge=true", "purge:unknown_parameter"),
    capital=events("Page_Size=5", "Page_Size:unknown_parameter"),
    with_a_plus=events("status%2B=confirmed", "status+:unknown_parameter"),
    with_nul=events("%00=1", "\0:unknown_parameter"),
    without_a_name=events("=1", ":unknown_parameter"),
    several=events("a=1&b=2&b=3", "a:unknown_parameter b:unknown_parameter"),
    doubled=events("status=confirmed&status=tentative", "status:repeated_parameter"),
    doubled_page_size=events("page_size=5&page_size=5", "page_size:repeated_parameter"),
    doubled_cursor=events("cursor=a&cursor=b", "cursor:repeated_parameter"),
    doubled_fields=events("fields=id&fields=title", "fields:repeated_parameter"),
    nul_in_search=events("search=a%00b", f"search:{NUL}"),
    nul_in_owner=events("owner=%00", f"owner:{NUL}"),
    nul_in_tag=events("tag=a&tag=%00", "tag:null_characters"),
    nul_in_status=events("status=%00", "status:invalid_choice"),
    nul_in_from=events("from=%00", f"from:{NUL}"),
    a_very_long_search=events("search=" + "a+" * 20_000, "search:max_length"),
    a_search_of_minus_signs=events("search=" + "-" * 20_000, "search:max_length"),
    unknown_status=events("status=maybe", "status:invalid_choice"),
    unknown_role=events("role=admin", "role:invalid_choice"),
    capital_role=events("role=Owner", "role:invalid_choice"),
    deleted_as_number=events("deleted=1", "deleted:invalid"),
    deleted_as_capital=events("deleted=True", "deleted:invalid"),
    deleted_as_word=events("deleted=yes", "deleted:invalid"),
    from_garbage=events("from=garbage", "from:invalid"),
    from_a_number=events("from=1772442000", "from:invalid"),
    from_february_30=events("from=2026-02-30", "from:invalid"),
    from_year_0=events("from=0000-01-01", "from:invalid"),
    from_the_first_of_days=events("from=0001-01-01", "from:out_of_range"),
    from_a_week_day=events("from=2026-W10-1", "from:invalid"),
    from_an_unescaped_offset=events("from=2026-03-02T09:00:00+01:00", "from:invalid"),
    to_year_10000=events("to=10000-01-01", "to:invalid"),
    to_the_last_of_days=events("to=9999-12-31T23:59:59-12:00", "to:out_of_range"),
    to_wide_digits=events("to=\uff12\uff10\uff12\uff16-03-02", "to:invalid"),
    updated_since_yesterday=events("updated_since=yesterday", "updated_since:invalid"),
    as_of_yesterday=events("as_of=yesterday", "as_of:invalid"),
    as_of_february_30=events("as_of=2026-02-30", "as_of:invalid"),
    as_of_an_unescaped_offset=events("as_of=2026-03-02T09:00:00+01:00", "as_of:invalid"),
    as_of_the_first_of_days=events("as_of=0001-01-01", "as_of:out_of_range"),
    as_of_year_10000=events("as_of=10000-01-01", "as_of:invalid"),
    nul_in_as_of=events("as_of=%00", f"as_of:{NUL}"),
    doubled_as_of=events(f"as_of={START}&as_of={START}", "as_of:repeated_parameter"),
    as_of_in_the_trash=events(f"as_of={START}&deleted=true", "as_of:invalid"),
    as_of_and_others=events("as_of=x&status=maybe", "as_of:invalid status:invalid_choice"),
    unknown_ordering=events("ordering=title", "ordering:invalid"),
    ordering_by_a_column=events("ordering=owner__password", "ordering:invalid"),
    two_orderings=events("ordering=start_time,updated_at", "ordering:invalid"),
    empty_ordering=events("ordering=", "ordering:invalid"),
    ordering_with_nul=events("ordering=start_time%00", "ordering:invalid"),
    unknown_field=events("fields=title,colour", "fields:invalid"),
    empty_fields=events("fields=", "fields:invalid"),
    a_comma_as_fields=events("fields=,", "fields:invalid"),
    fields_with_nul=events("fields=title%00", "fields:invalid"),
    everything_at_once=events(
        "status=maybe&from=garbage&deleted=1",
        "status:invalid_choice from:invalid deleted:invalid",
    ),
)
def test_the_list(refuse, bad):
    refuse(bad)


@table(
    maybe=Bad("DELETE {event}?purge=maybe", "400 purge:invalid"),
    one=Bad("DELETE {event}?purge=1", "400 purge:invalid"),
    nothing=Bad("DELETE {event}?purge=", "400 purge:invalid"),
    nul=Bad("DELETE {event}?purge=true%00", "400 purge:invalid"),
    twice=Bad("DELETE {event}?purge=true&purge=false", "400 purge:repeated_parameter"),
    purge_of_a_change=Bad("PATCH {event}?purge=true", "400 purge:unknown_parameter", {}),
    fields_of_a_write=Bad("PATCH {event}?fields=title", "400 fields:unknown_parameter", {}),
    fields_of_an_event=Bad("GET {event}?fields=titel", "400 fields:invalid"),
    fields_of_rows_alone=Bad("GET {event}?fields=etag", "400 fields:invalid"),
    a_page_of_one_event=Bad("GET {event}?page_size=5", "400 page_size:unknown_parameter"),
    as_of_yesterday=Bad("GET {event}?as_of=yesterday", "400 as_of:invalid"),
    as_of_the_first_of_days=Bad("GET {event}?as_of=0001-01-01", "400 as_of:out_of_range"),
    as_of_nul=Bad("GET {event}?as_of=%00", f"400 as_of:{NUL}"),
    as_of_twice=Bad("GET {event}?as_of=2999-01-01&as_of=", "400 as_of:repeated_parameter"),
    as_of_a_write=Bad(f"PATCH {{event}}?as_of={START}", "400 as_of:unknown_parameter", {}),
    a_dry_run_is_true_or_false=Bad("PATCH {event}?dry_run=yes", "400 dry_run:invalid", {}),
    reads_are_dry_anyway=Bad("GET {event}?dry_run=true", "400 dry_run:unknown_parameter"),
    an_unknown_way_to_resolve=Bad("PATCH {event}?resolve=ours", "400 resolve:invalid", {}),
)
def test_single_events(refuse, bad):
    refuse(bad)


LISTS = ["/api/events", "{event}/history", "{event}/changelog", "{event}/permissions"]
SIZES = [
    "0",
    "101",
    "-1",
    "abc",
    "1.5",
    "",
    "1e1",
    "+5",
    "%205",
    "5%00",
    "\u0665",
    "²",
    "9" * 400,
    "000000001999",
    "05",
]


@pytest.mark.parametrize("size", SIZES)
def test_sizes_of_pages(refuse, size):
    for path in LISTS:
        refuse(Bad(f"GET {path}?page_size={size}", "400 page_size:invalid"))


def cursor(*values) -> str:
    """A cursor as ours are written, of whatever values."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


NONSENSE = {
    "empty": "",
    "a word": "garbage",
    "no base64": "!!!!",
    "no ASCII": "ä€",
    "nul": "%00",
    "very long": "A" * 10_000,
    "base64 of no JSON": base64.urlsafe_b64encode(b"nothing").decode(),
    "a number": base64.urlsafe_b64encode(b"5").decode(),
    "an object": base64.urlsafe_b64encode(b'{"a":1,"b":2}').decode(),
    "null": base64.urlsafe_b64encode(b"null").decode(),
    "nested": base64.urlsafe_b64encode(b"[" * 300).decode(),
    "no values": cursor(),
    "of no list": cursor("nothing", False, START, ID),
    "a name that is no text": cursor(["start_time"], False, START, ID),
}


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE.keys())
def test_cursors_of_nonsense(refuse, text):
    for path in LISTS:
        refuse(Bad(f"GET {path}?cursor={text}", "400 cursor:invalid_cursor"))


TAMPERED = {
    "/api/events": [
        cursor("-start_time", False, START, ID),
        cursor("updated_at", False, START, ID),
        cursor("history", False, 3),
        cursor("start_time", 0, START, ID),
        cursor("start_time", "false", START, ID),
        cursor("start_time", False, START),
        cursor("start_time", False, START, ID, ID),
        cursor("start_time", False, None, ID),
        cursor("start_time", False, 5, ID),
        cursor("start_time", False, [START], ID),
        cursor("start_time", False, "soon", ID),
        cursor("start_time", False, "2026-03-02T09:00:00", ID),
        cursor("start_time", False, "0001-01-01T00:00:00+23:59", ID),
        cursor("start_time", False, "9999-12-31T23:59:59-23:59", ID),
        cursor("start_time", False, START, None),
        cursor("start_time", False, START, 7),
        cursor("start_time", False, START, "1"),
        cursor("start_time", False, START, [ID]),
    ],
    "{event}/history": [
        cursor("history", False, "3"),
        cursor("history", False, 3.0),
        cursor("history", False, True),
        cursor("history", False, -1),
        cursor("history", False, 2**31),
        cursor("history", False, 2**63),
        cursor("history", False, None),
        cursor("changelog", False, START),
    ],
    "{event}/changelog": [
        cursor("changelog", False, 3),
        cursor("changelog", True, ""),
        cursor("changelog", False, "9999-12-31T23:59:59-23:59"),
        cursor("history", False, 3),
    ],
    "{event}/permissions": [
        cursor("permissions", False, "0", ID),
        cursor("permissions", False, 2**40, ID),
        cursor("permissions", False, 1, "nobody"),
        cursor("start_time", False, START, ID),
    ],
}


@pytest.mark.parametrize(("path", "texts"), TAMPERED.items())
def test_cursors_of_other_lists_and_types(refuse, path, texts):
    for text in texts:
        refuse(Bad(f"GET {path}?cursor={text}", "400 cursor:invalid_cursor"))


@pytest.mark.parametrize("offset", ["+23:59", "-23:59", "+15:59:59", "-00:00:00.000001"])
@pytest.mark.parametrize("backward", [False, True])
def test_a_cursor_may_have_any_offset(api, owner, event, offset, backward):
    """PostgreSQL knows fewer of them than Python does."""
    text = cursor("start_time", backward, f"2026-03-02T09:00:00{offset}", ID)
    assert api(owner).get("/api/events", {"cursor": text}).status_code == 200


SURPRISING = [
    "search=%ed%a0%80",
    "search=%ff%fe",
    "search=%zz",
    "search=%",
    "search='; DROP TABLE events_event; --",
    'search="unbalanced -- or or - "" (',
    "search=" + "-" * 500,
    "search=" + "- " * 250,
    "search=" + "-%26" * 250,
    "search=" + "-(" * 250,
    "search=" + '-"' * 250,
    "search=" + "a " * 250,
    "search=" + "'" * 500,
    "search=" + "\N{ZERO WIDTH JOINER}" * 500,
    "owner=" + "x" * 10_000,
    "owner=İ",  # longer in lower case than in capitals
    "owner='",
    "tag=" + "x" * 10_000,
    "tag=%ed%a0%80",
    "tag={",
    "tag=",
    "tag=" + "&tag=".join(str(n) for n in range(900)),
    "from=&to=&search=&owner=&status=&role=&deleted=&updated_since=",
    "from=2026-04-01&to=2026-03-01",
    "as_of=",
    "as_of=0001-01-03",
    "as_of=9999-12-29T00:00:00Z&search=a&from=0001-01-03",
    "from=0001-01-03T00:00:00Z&to=9999-12-29T00:00:00Z",
    "&&&",
]


@pytest.mark.parametrize("query", SURPRISING, ids=range(len(SURPRISING)))
def test_what_may_be_asked_but_finds_nothing_special(api, owner, event, query):
    response = send(api(owner), "GET", f"/api/events?{query}")
    assert response.status_code == 200, response.content


def test_a_window_in_the_farthest_zones_stays_within_the_calendar(api, owner, event):
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        owner.timezone = zone
        owner.save()
        window = {"from": "0001-01-03", "to": "9999-12-29T00:00:00"}
        assert len(api(owner).get("/api/events", window).json()["results"]) == 1
