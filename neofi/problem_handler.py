"""The one place where an exception becomes an answer of the API (neofi.problems)."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.settings import api_settings

from neofi import outages, problems
from neofi.renderers import BrowsableAPIRenderer, ProblemRenderer


class ProblemFormatter(ExceptionFormatter):
    """Writes the body; `exc` is always an APIException by the time it gets here."""

    def run(self) -> dict[str, Any]:
        return problems.body_of(self.exc)


class ProblemHandler(ExceptionHandler):
    """The one exception handler. Nothing of a traceback or of SQL reaches an answer."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DjangoValidationError):
            return exceptions.ValidationError(_details(exc))
        if isinstance(exc, SuspiciousOperation):
            # Django's own limits: a thousand parameters or form fields, for one.
            return exceptions.ParseError("The request is malformed, or has far too many parts.")
        if not isinstance(exc, exceptions.APIException):
            exc = outages.refusal_of(exc) or exc
        return super().convert_known_exceptions(exc)

    def convert_unhandled_exceptions(self, exc: Exception) -> exceptions.APIException:
        if isinstance(exc, exceptions.APIException):
            return exc
        return exceptions.APIException(problems.OUR_FAULT)

    def get_response(self, exc: exceptions.APIException, data: dict):
        request = self.context["request"]
        # Refused before or after negotiation, an error is a problem body; only the browsable
        # API shows it inside its page.
        if not isinstance(getattr(request, "accepted_renderer", None), BrowsableAPIRenderer):
            request.accepted_renderer = ProblemRenderer()
            request.accepted_media_type = problems.MEDIA_TYPE
        return super().get_response(exc, data)

    def report_exception(self, exc: exceptions.APIException, response) -> None:
        if isinstance(exc, outages.Unavailable):
            outages.explain(self.exc)
        else:
            super().report_exception(exc, response)

    def get_headers(self, exc: exceptions.APIException) -> dict[str, str]:
        headers = super().get_headers(exc)
        if getattr(exc, "wait", None) is not None:
            headers["Retry-After"] = problems.retry_after(exc.wait)
        return headers


def _details(exc: DjangoValidationError) -> dict[str, list]:
    """Django's own validation errors with their codes, the whole body's under DRF's name for it."""
    details = get_error_detail(exc)
    if isinstance(details, list):
        details = {NON_FIELD_ERRORS: details}
    whole = details.pop(NON_FIELD_ERRORS, None)
    return details if whole is None else {**details, api_settings.NON_FIELD_ERRORS_KEY: whole}
