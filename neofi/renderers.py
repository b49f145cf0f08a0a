"""How answers are written. Instants are RFC 3339 in UTC with `Z`, ids strings, in every format."""

import orjson
import ormsgpack
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from rest_framework import renderers

from neofi.browsable.page import Page


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
    """The page for people. It shows the answer as JSON has it, whatever else the view can write."""

    def get_default_renderer(self, view):
        return JSONRenderer()

    def get_context(self, data, accepted_media_type, renderer_context):
        view, request, response = map(renderer_context.get, ("view", "request", "response"))
        content = JSONRenderer().render(data, renderer_context={"indent": 2})
        return Page(view, request, response, content).context()

    def render(self, data, accepted_media_type=None, renderer_context=None):
        page = super().render(data, accepted_media_type, renderer_context)
        response = renderer_context["response"]
        # The tag is of the data. The page around it has forms, and a token of this session.
        del response["ETag"]
        # Kept for the way back alone, where what was typed still stands in its form.
        patch_cache_control(response, private=True, no_cache=True)
        return page
