"""What happens to every request, in the order in which settings.MIDDLEWARE lists it."""

import logging
import re
import time
from http import HTTPStatus

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.utils.module_loading import import_string

from neofi.addresses import client_address
from neofi.ids import uuid7
from neofi.logs import current_request_id
from neofi.problem_views import problem_response

access = logging.getLogger("neofi.access")
INLINE_SCRIPTS = re.compile(r"/(docs|redoc)(/|$)")
EVALUATED_SCRIPTS = re.compile(r"/admin(/|$)")
POLICY = (
    "default-src 'self'; script-src 'self'{inline}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
STRICT_POLICY = POLICY.format(inline="")
LENIENT_POLICY = POLICY.format(inline=" 'unsafe-inline'")
# The admin's theme evaluates what stands in attributes (Alpine.js); no script stands in a page.
STAFF_POLICY = POLICY.format(inline=" 'unsafe-eval'")
# What is behind these is a key to somebody's account.
SECRET_PATHS = re.compile(r"(/password/reset/[^/]+/)[^/]+")
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)


def sane_request_id(given: str) -> str:
    """The client's own, or a new one in its place."""
    return given if SANE_REQUEST_ID.fullmatch(given) else str(uuid7())


def request_id(get_response):
    """`X-Request-ID`: the client's own if it is sane, else a new one; on every answer."""

    def middleware(request):
        request.request_id = sane_request_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        token = current_request_id.set(request.request_id)
        try:
            response = get_response(request)
        finally:
            current_request_id.reset(token)
        response["X-Request-ID"] = request.request_id
        return response

    return middleware


def access_log(get_response):
    """One line for each request. The query stays out of it: people search for private things."""

    def middleware(request):
        began = time.perf_counter()
        response = get_response(request)
        access.info(
            "address=%s user=%s method=%s path=%s status=%d ms=%.1f",
            client_address(request) or "-",
            # Set by the views' authentication; reading request.user would cost a query.
            getattr(request, "user_id_for_log", "-"),
            request.method,
            SECRET_PATHS.sub(r"\1...", request.path).encode("unicode_escape").decode(),
            response.status_code,
            (time.perf_counter() - began) * 1000,
        )
        return response

    return middleware


def api_calls(get_response):
    """Calls of the API that carry a bearer token take the short way of settings.API_MIDDLEWARE.

    What is left out is about browsers: their sessions, the CSRF that comes with those, files.
    It was a sixth of the cost of reading one event.
    """
    handler = BaseHandler()
    handler._view_middleware, handler._template_response_middleware = [], []
    handler._exception_middleware = []
    short = convert_exception_to_response(handler._get_response)
    for name in reversed(settings.API_MIDDLEWARE):
        short = convert_exception_to_response(import_string(name)(short))

    def middleware(request):
        by_token = request.META.get("HTTP_AUTHORIZATION", "").startswith("Bearer ")
        is_call = by_token and request.path_info.startswith("/api/")
        return short(request) if is_call else get_response(request)

    return middleware


def api_headers(get_response):
    """What the middlewares that are left out would add to an answer of the API, and refuse."""
    fixed = {
        "Content-Security-Policy": STRICT_POLICY,
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    }

    def middleware(request):
        request.get_host()  # raises DisallowedHost
        response = get_response(request)
        for name, value in fixed.items():
            response.headers[name] = value
        if not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware


def content_security_policy(get_response):
    """No page loads anything from another host, and a browser holds us to it.

    Only Swagger UI and Redoc may run scripts that stand in the page: they bring some of their own.
    """

    policies = [(INLINE_SCRIPTS, LENIENT_POLICY), (EVALUATED_SCRIPTS, STAFF_POLICY)]

    def middleware(request):
        response = get_response(request)
        found = (policy for paths, policy in policies if paths.match(request.path_info))
        response.setdefault("Content-Security-Policy", next(found, STRICT_POLICY))
        return response

    return middleware


def one_path_for_both_slashes(get_response):
    """`/api/events/` is `/api/events`. Only the API's root is `/api/`, and `/api` is that."""

    def middleware(request):
        path = request.path_info
        if path == "/api":
            request.path_info += "/"
            request.path += "/"
        elif path.startswith("/api/") and path != "/api/" and path.endswith("/"):
            request.path_info = path.rstrip("/")
            request.path = request.path.rstrip("/")
        return get_response(request)

    return middleware


def limit_body(get_response):
    """413 before anything else is looked at: the body is never read.

    So with what neofi.bodies found wrong with a body while it arrived.
    """

    def middleware(request):
        refusal = request.META.get("neofi.refusal")
        if refusal:
            response = problem_response(refusal.status, refusal.code, refusal.detail)
            if refusal.retry_after:
                response["Retry-After"] = str(refusal.retry_after)
            return response
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return problem_response(
                HTTPStatus.BAD_REQUEST, "parse_error", "Content-Length is no number."
            )
        # Python refuses to read numbers of thousands of digits.
        if len(length) > 20 or int(length) > settings.MAX_BODY_BYTES:
            limit = f"A body may have up to {settings.MAX_BODY_BYTES} bytes."
            return problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", limit)
        return get_response(request)

    return middleware
