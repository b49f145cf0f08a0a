"""How bodies are read. What is malformed is refused here, so that no later line meets it."""

import math
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import ormsgpack
from django.conf import settings
from django.http import QueryDict
from rest_framework import parsers
from rest_framework.exceptions import (
    APIException,
    ParseError,
    UnsupportedMediaType,
)
from rest_framework.request import Request

from neofi.problems import invalid

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
        return self.value_of(stream.read())

    def value_of(self, data: bytes) -> Any:
        try:
            value = self.load(data)
        except ValueError as error:  # both libraries' errors are ValueErrors
            raise ParseError(f"The body is not valid {self.name}: {error}.") from error
        check_tree(value)
        return value


class JSONParser(_StrictParser):
    name = "JSON"
    media_type = "application/json"

    load = staticmethod(orjson.loads)


class MessagePackParser(_StrictParser):
    name = "MessagePack"
    media_type = "application/msgpack"

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
    def parse(self, stream, media_type=None, parser_context=None):
        form = super().parse(stream, media_type, parser_context)
        if METHOD not in form:
            return form
        # Forms are read while their CSRF token is looked for: before the view asks what the method
        # is, whom it is allowed to, and what the path names.
        _mean(parser_context["request"], parser_context["view"], form)
        return PageForm(form)


class SessionMultiPartParser(SessionOnly, parsers.MultiPartParser):
    pass


# What a page's form says besides the body: a browser knows but two methods.
METHOD, CONTENT, TOKEN = "_method", "_content", "csrfmiddlewaretoken"
UNKNOWN_TO_BROWSERS = {"PUT", "PATCH", "DELETE"}


def _mean(request: Request, view: Any, form: QueryDict) -> None:
    """Go on as if the request had the method that the form means, and its token in a header."""
    request._request.META[settings.CSRF_HEADER_NAME] = form.get(TOKEN, "")
    if form[METHOD] in UNKNOWN_TO_BROWSERS:
        request.method = form[METHOD]
        if hasattr(view, "action_map"):
            view.action = view.action_map.get(request.method.lower())


class PageForm(dict):
    """A form of the browsable API, as the JSON body that it stands for; `typed` is the form itself.

    The name of an input says what its value is: `title` a text, `tags:lines` a list with an item in
    each line, and so on (KINDS). With a `?` behind the name, what is empty is left out. `_content`
    is a whole body, as it is.
    """

    def __init__(self, form: QueryDict):
        super().__init__()
        self.typed = form
        self.refusal: APIException | None = None
        if CONTENT in form:
            self._read(form[CONTENT])
        else:
            self.update(_inputs(form))

    def _read(self, content: str) -> None:
        try:
            body = JSONParser().value_of((content.strip() or "{}").encode())
        except (ParseError, UnicodeEncodeError) as error:
            self.refusal = ParseError(str(error))
            return
        if isinstance(body, dict):
            self.update(body)
        else:
            self.refusal = invalid(None, "The body must be an object.")

    def __iter__(self):
        # Only now, in its turn behind 401, 404 and 403, for a serializer asks for the names first.
        if self.refusal:
            raise self.refusal
        return super().__iter__()


def _inputs(form: QueryDict) -> dict[str, Any]:
    found = {}
    for given, text in form.items():
        name, _, kind = given.removesuffix("?").partition(":")
        if given in (METHOD, TOKEN) or (given.endswith("?") and not text.strip()):
            continue
        found[name] = KINDS.get(kind, str)(text)
    return found


def _lines_as_sent(text: str) -> str:
    """Browsers send each line's end as two characters."""
    return text.replace("\r\n", "\n")


def _json_or_text(text: str) -> Any:
    """What is no JSON stays a text, so that the serializer refuses it by the name of the field."""
    try:
        return JSONParser().value_of(text.encode())
    except (ParseError, UnicodeEncodeError):
        return text


KINDS: dict[str, Callable[[str], Any]] = {
    "text": _lines_as_sent,
    "lines": lambda text: [line for line in _lines_as_sent(text).split("\n") if line.strip()],
    "json": _json_or_text,
    "null": lambda text: text or None,
}
