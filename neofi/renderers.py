"""How answers are written. Instants are RFC 3339 in UTC with `Z`, ids strings, in every format."""

import orjson
import ormsgpack
from django.utils.functional import Promise
from rest_framework import renderers


def _text_of_lazy(value):
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class JSONRenderer(renderers.BaseRenderer):
    """orjson writes datetimes and UUIDs itself, which saves a pass over the data."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        option = orjson.OPT_UTC_Z
        if (renderer_context or {}).get("indent"):  # set by the browsable API
            option |= orjson.OPT_INDENT_2
        return orjson.dumps(data, default=_text_of_lazy, option=option)


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"
    format = "problem"


class MessagePackRenderer(renderers.BaseRenderer):
    """The same values as in JSON: instants stay strings, so that no client needs the ext types."""

    media_type = "application/msgpack"
    format = "msgpack"
    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        return ormsgpack.packb(data, default=_text_of_lazy, option=ormsgpack.OPT_UTC_Z)


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """The page for people. It shows the answer as JSON, whatever else the view can write."""

    def get_default_renderer(self, view):
        return JSONRenderer()

    def render_form_for_serializer(self, serializer):
        # Bodies are sent as raw data alone: a form of inputs would lose the lines of a
        # description, the tags and the type of everything else.
        return None

    def get_filter_form(self, data, view, request):
        return None  # one would send every parameter, the empty ones too; the address takes them
