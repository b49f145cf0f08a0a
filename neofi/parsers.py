"""How bodies are read. What is malformed is refused here, so that no later line meets it."""

import math
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import ormsgpack
from rest_framework import parsers
from rest_framework.exceptions import ParseError, UnsupportedMediaType

from neofi.renderers import JSONRenderer, MessagePackRenderer

MAX_DEPTH = 32
# An array of two, and what we make the second of them: nobody can guess it.
PAIR, END_MARK = b"\x92", uuid4().hex
END = ormsgpack.packb(END_MARK)


def check_tree(value: Any) -> None:
    """Refuse what PostgreSQL or JSON cannot hold: bytes, NaN, infinity, nesting without end.

    Walks without recursion, so that depth costs an attacker's time and not our stack.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        below = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, float) and not math.isfinite(item):
                raise ParseError("Numbers must be finite.")
            elif isinstance(item, bytes):
                raise ParseError("Binary values have no meaning here; send text.")
        if not below:
            return
        level = below
    raise ParseError(f"The body is nested more than {MAX_DEPTH} levels deep.")


class _StrictParser(parsers.BaseParser):
    """What is common to both formats; `load` is the one's own."""

    load: Callable[[bytes], Any]

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            value = self.load(stream.read())
        except ValueError as error:  # both libraries' errors are ValueErrors
            raise ParseError(f"The body is not valid {self.name}: {error}.") from error
        check_tree(value)
        return value


class JSONParser(_StrictParser):
    name = "JSON"
    media_type = "application/json"
    renderer_class = JSONRenderer  # what the browsable API writes its raw-data form with

    load = staticmethod(orjson.loads)


class MessagePackParser(_StrictParser):
    name = "MessagePack"
    media_type = "application/msgpack"
    renderer_class = MessagePackRenderer

    def load(self, data: bytes) -> Any:
        # Ext types and keys that are no text are a ValueError; bytes behind the value are ignored,
        # unless it is the first of a pair.
        value, end = ormsgpack.unpackb(PAIR + data + END)
        if end != END_MARK:
            raise ValueError("there is more behind the first value")
        return value


class SessionOnly:
    """Forms come from the browsable API alone: a token's caller says what it means in JSON."""

    def parse(self, stream, media_type=None, parser_context=None):
        if not getattr(parser_context["request"], "is_browser_session", False):
            raise UnsupportedMediaType(media_type)
        return super().parse(stream, media_type, parser_context)


class SessionFormParser(SessionOnly, parsers.FormParser):
    pass


class SessionMultiPartParser(SessionOnly, parsers.MultiPartParser):
    pass
