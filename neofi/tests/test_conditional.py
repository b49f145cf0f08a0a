import pytest

from neofi.conditional import etag, form_of, names_state, names_tag


def test_a_tag_has_a_state_and_perhaps_a_form():
    assert etag("3-abc") == '"3-abc"'
    assert etag("3-abc", "json") == '"3-abc.json"'


def test_a_form_is_the_format_and_the_set_of_fields():
    assert form_of("json") == form_of("json", None) == "json"
    assert form_of("json", ["title", "id"]) == form_of("json", ["id", "title"])
    assert len({form_of(f, n) for f in ("json", "msgpack") for n in (None, ["id"], ["title"])}) == 6


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ('"s"', True),
        ('"s.json"', True),
        ('"s.msgpack-00ff"', True),
        ('"x", "s.json"', True),
        ("*", True),
        ('W/"s"', False),
        ('"st"', False),
        ('"x.s"', False),
        ("s", False),
        ('"*"', False),
        ("", False),
    ],
)
def test_if_match_goes_by_the_state(header, named):
    assert names_state(header, "s") is named


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ('"s.json"', True),
        ('W/"s.json"', True),
        ('"x", "s.json"', True),
        ("*", True),
        ('"s"', False),
        ('"s.msgpack"', False),
        ("", False),
    ],
)
def test_if_none_match_goes_by_the_whole_tag(header, named):
    assert names_tag(header, '"s.json"') is named
