"""What every view of the API does before its handler, in the order that the contract gives."""

from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.response import Response

from neofi.query import check_parameters
from neofi.statements import Bound


class Negotiation(DefaultContentNegotiation):
    """An unknown `?format=` is a 406 like an unknown `Accept`; to DRF it is a 404."""

    def select_renderer(self, request, renderers, format_suffix=None):
        first = renderers[0]
        accepted = request.META.get("HTTP_ACCEPT", "*/*")
        if accepted in ("*/*", first.media_type) and "format" not in request.query_params:
            return first, first.media_type  # as the rest would find, which parses media types
        return super().select_renderer(request, renderers, format_suffix)

    def filter_renderers(self, renderers, format):
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise NotAcceptable(f"There is no format {format!r} here.")
        return found


class StrictView:
    """Mixed into a view: 401 and 429 by DRF, then 404 and 403, then 406, then 400 for the query."""

    content_negotiation_class = Negotiation
    # What `ahead()` has found, once authentication has read it; None if it has not.
    found_ahead: Any = None

    def ahead(self) -> Bound | None:
        """What shall be read together with the caller's session, `user` being the caller's id.

        Raises nothing: whether there is a caller at all has not been asked yet.
        """

    def initial(self, request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if getattr(self, "action", self) is None:
            return  # 405 is the answer, whoever asks
        answered = self.is_answered()
        if not answered:
            self.find()
        if self.unacceptable:
            raise self.unacceptable
        if not answered:
            check_parameters(request, *self.known_parameters())

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response, Response):
            response.add_post_render_callback(self._let_go)
        return response

    def _let_go(self, response) -> None:
        """View, request and answer hold each other: without this, all that they hold (the rows of
        a batch, 10 MB) would stay until the garbage collector comes by."""
        response.renderer_context.clear()
        self.request.parser_context.clear()
        vars(self).clear()

    def is_answered(self) -> bool:
        """Whether the answer is there already, so that nothing more has to be asked."""
        return False

    def find(self) -> None:
        """Look up what the path names. Raises NotFound and PermissionDenied."""

    def known_parameters(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names of the query parameters, and those of them that may repeat."""
        return frozenset(), frozenset()

    def perform_content_negotiation(self, request, force=False):
        # DRF asks first of all; who may not see the thing at all shall not hear of its forms.
        self.unacceptable = None
        try:
            return super().perform_content_negotiation(request, force)
        except NotAcceptable as error:
            self.unacceptable = error
            return super().perform_content_negotiation(request, force=True)
