"""Error answers outside of the API's views: unknown paths, CSRF, and what Django refuses itself."""

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from neofi import outages, problems
from neofi.renderers import ProblemRenderer


def problem_response(status: HTTPStatus, code: str, detail: str) -> HttpResponse:
    """A problem body where there is no DRF view to raise in."""
    content = ProblemRenderer().render(problems.body(status, code, detail))
    return HttpResponse(content, status=status, content_type=problems.MEDIA_TYPE)


def _answer(request: HttpRequest, status: HTTPStatus, code: str, detail: str) -> HttpResponse:
    page = not request.path.startswith("/api/") and request.accepts("text/html")
    if page and "text/html" in request.headers.get("Accept", ""):
        return render(request, "problem.html", {"status": status, "detail": detail}, status=status)
    return problem_response(status, code, detail)


def bad_request(request, exception=None):
    return _answer(request, HTTPStatus.BAD_REQUEST, "parse_error", "The request is malformed.")


def permission_denied(request, exception=None):
    return _answer(request, HTTPStatus.FORBIDDEN, "permission_denied", "You may not do this.")


def not_found(request, exception=None):
    return _answer(request, HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")


def server_error(request):
    # Django calls this while it handles the exception, whatever part of a request raised it.
    error = sys.exc_info()[1]
    if refusal := outages.refusal_of(error):
        return unavailable(request, refusal)
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "error", problems.OUR_FAULT)


def unavailable(request, refusal: outages.Unavailable):
    response = _answer(request, refusal.status_code, refusal.detail.code, refusal.detail)
    response["Retry-After"] = problems.retry_after(refusal.wait)
    return response


def too_many_requests(request, wait: float | None):
    response = _answer(
        request, HTTPStatus.TOO_MANY_REQUESTS, "throttled", "Too many tries. Wait a little."
    )
    response["Retry-After"] = problems.retry_after(wait)
    return response


def csrf_failure(request, reason=""):
    detail = "The form's CSRF token is missing or out of date. Load the page again."
    return _answer(request, HTTPStatus.FORBIDDEN, "csrf_failed", detail)
