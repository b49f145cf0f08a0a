from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import ormsgpack
import pytest
from django.utils.functional import lazystr

from neofi.renderers import JSONRenderer, MessagePackRenderer

INSTANT = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC)


def test_json_writes_instants_in_utc_with_z_and_ids_as_texts():
    data = {"at": INSTANT, "id": UUID(int=7), "text": lazystr("é")}
    assert JSONRenderer().render(data) == (
        b'{"at":"2026-03-02T09:00:00.000005Z","id":"00000000-0000-0000-0000-000000000007",'
        b'"text":"\xc3\xa9"}'
    )


def test_messagepack_writes_the_same_values_as_texts():
    data = {"at": INSTANT, "id": UUID(int=7), "text": lazystr("é")}
    assert ormsgpack.unpackb(MessagePackRenderer().render(data)) == {
        "at": "2026-03-02T09:00:00.000005Z",
        "id": "00000000-0000-0000-0000-000000000007",
        "text": "é",
    }


@pytest.mark.parametrize("renderer", [JSONRenderer(), MessagePackRenderer()])
def test_nothing_is_an_empty_body(renderer):
    assert renderer.render(None) == b""


@pytest.mark.parametrize("renderer", [JSONRenderer(), MessagePackRenderer()])
def test_what_has_no_form_is_an_error(renderer):
    with pytest.raises(TypeError):
        renderer.render({"a": object()})


def test_the_browsable_api_gets_its_json_indented():
    assert JSONRenderer().render({"a": 1}, None, {"indent": 4}) == b'{\n  "a": 1\n}'


def test_other_offsets_stay_what_they_are():
    east = timezone(timedelta(hours=1))
    assert JSONRenderer().render([INSTANT.astimezone(east)]).endswith(b'+01:00"]')
