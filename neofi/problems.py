"""Refusals: one shape for every error body, `application/problem+json` (RFC 9457).

    {"type": "urn:neofi:problem:invalid", "title": "Bad Request", "status": 400,
     "detail": "...", "code": "invalid", "errors": [{"field", "code", "message"}]}

Services raise the exceptions below; `neofi.problem_handler`, the only exception handler of the API,
writes the body. `field` is a dotted path into what was sent, or null for the whole of it.
"""

import math
from http import HTTPStatus
from typing import Any

from rest_framework import exceptions
from rest_framework.settings import api_settings

MEDIA_TYPE = "application/problem+json"
OUR_FAULT = "Something went wrong on our side. It has been logged."


class Problem(exceptions.APIException):
    """A refusal with its own status, code and further members of the body."""

    status_code = HTTPStatus.BAD_REQUEST
    default_code = "invalid"

    def __init__(self, detail: str | None = None, code: str | None = None, **members: Any):
        super().__init__(detail, code)
        self.members = members


class Conflict(Problem):
    """The request is sound, but clashes with how things are now."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"
    default_detail = "This clashes with the present state."


class PreconditionFailed(Problem):
    """If-Match named another state than the present one (RFC 9110 section 13.1.1)."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "The event has changed since the state that If-Match names. Read it again."


class UnprocessableContent(Problem):
    """Well-formed, but it contradicts what the client said before (RFC 9110 section 15.5.21)."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


def invalid(field: str | None, message: str, code: str = "invalid") -> exceptions.ValidationError:
    """A 400 that names one field; None means the body (or the query) as a whole."""
    key = field or api_settings.NON_FIELD_ERRORS_KEY
    return exceptions.ValidationError({key: [message]}, code=code)


def body(status: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The members of a problem body, in the order in which people read them."""
    return {
        "type": f"urn:neofi:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        **members,
    }


def retry_after(wait: float | None) -> str:
    """Seconds for the header of that name (RFC 9110 section 10.2.3): whole ones, and not none."""
    return str(max(1, math.ceil(wait or 0)))


def body_of(exc: exceptions.APIException) -> dict[str, Any]:
    """The problem body of a refusal."""
    if not isinstance(exc, exceptions.ValidationError):
        members = getattr(exc, "members", {})
        first = _flat(exc)[0]
        return body(exc.status_code, first.code, first.detail, **members)
    errors = field_errors(exc)
    named = ", ".join(sorted({error["field"] for error in errors if error["field"]}))
    detail = f"Please correct: {named}." if named else errors[0]["message"]
    return body(HTTPStatus.BAD_REQUEST, "invalid", detail, errors=errors)


def field_errors(exc: exceptions.APIException, within: str | None = None) -> list[dict[str, Any]]:
    """Rows for `errors`, their fields named from `within` on (`operations.3`).

    A refusal that is about no field becomes one row, with its own code and members.
    """
    details = _flat(exc)
    if not isinstance(exc, exceptions.ValidationError):
        members = getattr(exc, "members", {})
        return [_row(within, details[0].code, details[0].detail) | members]
    fields = [".".join(filter(None, (within, _field(error.attr)))) or None for error in details]
    return [
        _row(field, error.code, error.detail) for field, error in zip(fields, details, strict=True)
    ]


def _flat(exc: exceptions.APIException) -> list:
    # Here, because it brings DRF's views along, and who raises a refusal needs none.
    from drf_standardized_errors.formatter import flatten_errors

    return flatten_errors(exc.detail)


def _row(field: str | None, code: str | None, message: str) -> dict[str, Any]:
    return {"field": field, "code": code or "invalid", "message": message}


def _field(attr: str | None) -> str | None:
    """DRF's key for "the whole of it" is no field of anybody's."""
    if attr is None:
        return None
    path = attr.split(".")
    if path[-1] == api_settings.NON_FIELD_ERRORS_KEY:
        path.pop()
    return ".".join(path) or None
