"""The other forms of a diff, chosen by `Accept`. Both read the `changes` of the JSON form."""

import orjson
from rest_framework.renderers import BaseRenderer

from events import diffing
from events.times import format_instant


class JSONPatchRenderer(BaseRenderer):
    """RFC 6902: the operations that turn the first version's content into the second's."""

    media_type = "application/json-patch+json"
    format = "json-patch"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return orjson.dumps(diffing.json_patch(data["changes"]), option=orjson.OPT_UTC_Z)


class UnifiedDiffRenderer(BaseRenderer):
    """The form that `diff -u` made known."""

    media_type = "text/plain"
    format = "diff"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        names = tuple(
            f"version {side['version']}\t{format_instant(side['at'])}"
            for side in (data["from"], data["to"])
        )
        return diffing.unified(data["changes"], names)
