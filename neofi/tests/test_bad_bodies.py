"""Bodies that cannot be read at all: no JSON, no MessagePack, or no object.

What the members of a readable body may be: test_bad_events.py, _access.py and _accounts.py.
"""

import ormsgpack
import pytest

from neofi.tests.refusals import FORM, JSON, MSGPACK, Bad, table

REQUIRED = "400 title:required start_time:required end_time:required"
WRITES = {
    "create": "POST /api/events",
    "replace": "PUT {event}",
    "change": "PATCH {event}",
    "delete": "DELETE {event}",
    "purge": "DELETE {event}?purge=true",
    "restore": "POST {trashed}/restore",
    "roll back": "POST {event}/rollback/1",
    "batch": "POST /api/events/batch",
    "share": "POST {event}/share",
    "change a role": "PUT {access}",
    "revoke": "DELETE {access}",
    "undo a change set": "POST {changes}/undo",
    "register": "POST /api/auth/register",
    "login": "POST /api/auth/login",
    "refresh": "POST /api/auth/refresh",
    "logout": "POST /api/auth/logout",
    "profile": "PATCH /api/auth/me",
}
# What no write takes: the status with its codes, the body, its media type.
UNREADABLE = {
    "a brace": ("400 parse_error", b"{", JSON),
    "null": ("400 :null", b"null", JSON),
    "a list": ("400 :invalid", b"[]", JSON),
    "text": ("415 unsupported_media_type", b"title=Planning", "text/plain"),
}


@pytest.mark.parametrize("line", WRITES.values(), ids=WRITES.keys())
def test_no_write_takes_what_it_cannot_read(refuse, line):
    for unreadable in UNREADABLE.values():
        refuse(Bad(line, *unreadable))


def post(refused: str, body: bytes, type: str = JSON) -> Bad:
    return Bad("POST /api/events", refused, body, type)


@table(
    nothing=post(REQUIRED, b""),
    blanks=post("400 parse_error", b"   "),
    truncated=post("400 parse_error", b'{"title": "Pla'),
    an_open_list=post("400 parse_error", b'{"tags": ["a", "b"'),
    two_values=post("400 parse_error", b'{} {"title": "a"}'),
    a_trailing_comma=post("400 parse_error", b'{"title": "a",}'),
    a_comment=post("400 parse_error", b'{"title": "a"} // why not'),
    single_quotes=post("400 parse_error", b"{'title': 'a'}"),
    a_byte_order_mark=post("400 parse_error", b'\xef\xbb\xbf{"title": "a"}'),
    utf_16=post("400 parse_error", '{"title": "a"}'.encode("utf-16")),
    latin_1=post("400 parse_error", '{"title": "é"}'.encode("latin-1")),
    half_a_character=post("400 parse_error", b'{"title": "\xe2\x82"}'),
    an_encoded_surrogate=post("400 parse_error", b'{"title": "\xed\xa0\x80"}'),
    a_lone_surrogate=post("400 parse_error", rb'{"title": "\ud800"}'),
    a_low_surrogate_first=post("400 parse_error", rb'{"title": "\udc00\ud800"}'),
    a_surrogate_as_key=post("400 parse_error", rb'{"\ud800": "a"}'),
    a_raw_control_character=post("400 parse_error", b'{"title": "a\x00b"}'),
    nan=post("400 parse_error", b'{"metadata": {"n": NaN}}'),
    infinity=post("400 parse_error", b'{"metadata": {"n": Infinity}}'),
    minus_infinity=post("400 parse_error", b'{"metadata": {"n": -Infinity}}'),
    beyond_a_double=post("400 parse_error", b'{"metadata": {"n": 1e999}}'),
    four_hundred_digits=post("400 parse_error", b'{"metadata": {"n": %s}}' % (b"9" * 400)),
    hexadecimal=post("400 parse_error", b'{"metadata": {"n": 0x10}}'),
    nested_a_hundred_thousand_deep=post("400 parse_error", b"[" * 100_000),
    objects_a_hundred_thousand_deep=post("400 parse_error", b'{"a":' * 100_000 + b"1"),
    nested_deeper_than_32=post(
        "400 parse_error", b'{"metadata": {"a": %s1%s}}' % (b"[" * 32, b"]" * 32)
    ),
    a_number=post("400 :invalid", b"5"),
    a_text=post("400 :invalid", b'"title"'),
    true=post("400 :invalid", b"true"),
    a_list_of_events=post("400 :invalid", b'[{"title": "a"}]'),
)
def test_json_that_is_none(refuse, bad):
    refuse(bad)


def packed(body) -> bytes:
    return ormsgpack.packb(body, option=ormsgpack.OPT_NON_STR_KEYS)


@table(
    json_by_the_name_of_messagepack=post("400 parse_error", b'{"title": "a"}', MSGPACK),
    messagepack_by_the_name_of_json=post("400 parse_error", packed({"title": "a"}), JSON),
    truncated=post("400 parse_error", packed({"title": "Planning"})[:-3], MSGPACK),
    more_behind_it=post("400 parse_error", packed({"title": "a"}) + b"\x01", MSGPACK),
    a_map_of_four_billion=post("400 parse_error", b"\xdf\xff\xff\xff\xff", MSGPACK),
    an_array_of_four_billion=post("400 parse_error", b"\xdd\xff\xff\xff\xff", MSGPACK),
    a_text_of_four_billion=post("400 parse_error", b"\xdb\xff\xff\xff\xffa", MSGPACK),
    a_byte_that_is_never_used=post("400 parse_error", b"\xc1", MSGPACK),
    a_timestamp=post("400 parse_error", b"\x81\xaastart_time\xd6\xff\x00\x00\x00\x00", MSGPACK),
    an_extension=post("400 parse_error", b"\x81\xa5title\xd4\x05a", MSGPACK),
    bytes=post("400 parse_error", packed({"title": b"Planning"}), MSGPACK),
    bytes_deep_inside=post("400 parse_error", packed({"metadata": {"a": [b"b"]}}), MSGPACK),
    a_number_as_key=post("400 parse_error", packed({1: "a"}), MSGPACK),
    a_number_as_key_inside=post("400 parse_error", packed({"metadata": {1: "a"}}), MSGPACK),
    nil_as_key=post("400 parse_error", packed({None: "a"}), MSGPACK),
    nan=post("400 parse_error", packed({"metadata": {"n": float("nan")}}), MSGPACK),
    infinity=post("400 parse_error", packed({"metadata": {"n": float("-inf")}}), MSGPACK),
    no_utf_8=post("400 parse_error", b"\x81\xa5title\xa2\xe2\x82", MSGPACK),
    a_surrogate=post("400 parse_error", b"\x81\xa5title\xa3\xed\xa0\x80", MSGPACK),
    nested_a_hundred_thousand_deep=post("400 parse_error", b"\x91" * 100_000, MSGPACK),
    nested_deeper_than_32=post(
        "400 parse_error", b"\x81\xa8metadata\x81\xa1a" + b"\x91" * 32 + b"\x01", MSGPACK
    ),
    nil=post("400 :null", b"\xc0", MSGPACK),
    an_array=post("400 :invalid", b"\x90", MSGPACK),
    a_number=post("400 :invalid", b"\x05", MSGPACK),
)
def test_messagepack_that_is_none(refuse, bad):
    refuse(bad)


UNSUPPORTED = "415 unsupported_media_type"
LOGIN = b"username=owner&password=analytical-engine-1843"


@table(
    none=post(UNSUPPORTED, b"{}", ""),
    a_slash=post(UNSUPPORTED, b"{}", "/"),
    semicolons=post(UNSUPPORTED, b"{}", ";;;"),
    one_word=post(UNSUPPORTED, b"{}", "json"),
    xml=post(UNSUPPORTED, b"<event/>", "application/xml"),
    a_problem=post(UNSUPPORTED, b"{}", "application/problem+json"),
    control_characters=post(UNSUPPORTED, b"{}", "application/\x00json"),
    very_long=post(UNSUPPORTED, b"{}", "application/" + "j" * 5000),
    a_form=post(UNSUPPORTED, b"title=Planning", FORM),
    a_multipart_form=post(UNSUPPORTED, b"--b--", "multipart/form-data; boundary=b"),
    a_multipart_form_without_boundary=post(UNSUPPORTED, b"x", "multipart/form-data"),
    a_form_to_change=Bad("PATCH {event}", UNSUPPORTED, b"title=Planning", FORM),
    a_form_to_share=Bad("POST {event}/share", UNSUPPORTED, b"user=stranger&role=viewer", FORM),
    a_form_to_register=Bad("POST /api/auth/register", UNSUPPORTED, LOGIN, FORM),
    a_form_to_refresh=Bad("POST /api/auth/refresh", UNSUPPORTED, b"refresh=x", FORM),
    a_form_to_change_oneself=Bad("PATCH /api/auth/me", UNSUPPORTED, b"first_name=A", FORM),
    a_multipart_login=Bad(
        "POST /api/auth/login", UNSUPPORTED, b"--b--", "multipart/form-data; boundary=b"
    ),
    a_login_in_another_charset=Bad(
        "POST /api/auth/login", "400 parse_error", LOGIN, f"{FORM}; charset=rot13"
    ),
    a_login_with_a_thousand_fields=Bad(
        "POST /api/auth/login", "400 parse_error", b"&".join([LOGIN] * 600), FORM
    ),
    an_empty_login=Bad(
        "POST /api/auth/login", "400 username:required password:required", b"", FORM
    ),
    a_login_with_nul=Bad(
        "POST /api/auth/login",
        "400 username:null_characters_not_allowed",
        b"username=own%00er&password=x",
        FORM,
    ),
    a_login_of_broken_escapes=Bad(
        "POST /api/auth/login", "401 invalid_credentials", b"username=%E2%82&password=%zz", FORM
    ),
)
def test_media_types_that_are_not_taken(refuse, bad):
    refuse(bad)


def test_no_body_is_an_empty_one(api, owner, event):
    """Clients send no body where nothing need be said; a PATCH without one changes nothing."""
    answer = api(owner).generic("PATCH", f"/api/events/{event.pk}", b"", content_type=JSON)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
