"""What the operations of the OpenAPI document have in common: refusals, headers, bodies.

Each operation's refusals are derived from what its view is, so that no view can forget one. What
is true of one operation alone stands in the `docs` module beside its view.
"""

from functools import cache
from http import HTTPStatus

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    ResolvedComponent,
    build_media_type_object,
    build_parameter_type,
    is_list_serializer,
)
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from neofi import outages, problems
from neofi.parsers import SessionOnly
from neofi.serializers import StrictSerializer
from neofi.throttling import UserThrottle

UUID = {"type": "string", "format": "uuid"}
VERSION = {"type": "integer", "minimum": 1}
PATH_PARAMETERS = {
    "id": (UUID, "The event's id."),
    "user_id": (UUID, "The person's id."),
    "change_set": (UUID, "A change set's id, as `X-Change-Set` and history rows have it."),
    "version": (VERSION, "A version of the event."),
    "v1": (VERSION, "The version to compare from."),
    "v2": (VERSION, "The version to compare to."),
}


def header(name: str, description: str, **kwargs) -> OpenApiParameter:
    """A header of the request; of the answers with the statuses `response`, if that is given."""
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, **kwargs)


IF_MATCH = header("If-Match", "An `ETag` or a row's `etag`: write only to that state, else 412.")
IF_NONE_MATCH = header("If-None-Match", "An `ETag`: 304 if that is still what would be answered.")
ETAG = header("ETag", "The state and form of the event.", response=[200, 201, 304])
LOCATION = header("Location", "The URL of what was created.", response=[201])
CHANGE_SET = header(
    "X-Change-Set",
    "Names what this request wrote, as history rows do. Absent if nothing changed.",
    response=[200, 201, 204, 207],
)
EVERYWHERE = [
    header(
        "X-Request-ID",
        "Your own name for the request, to find it in the logs by.",
        pattern="^[A-Za-z0-9._-]{1,128}$",
    ),
    header("X-Request-ID", "The request's name: yours, or one made here.", response=True),
    header("WWW-Authenticate", "`Bearer`.", response=[401]),
    header("Retry-After", "Seconds to wait.", response=[429, 503]),
]


class FieldErrorSerializer(serializers.Serializer):
    """One thing to correct."""

    field = serializers.CharField(
        allow_null=True, help_text="A dotted path (`events.3.title`); null for the whole body."
    )
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """A refusal, as RFC 9457 has it."""

    type = serializers.CharField(help_text="`urn:neofi:problem:` and the code.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong, for people.")
    code = serializers.CharField(help_text="What is wrong, for programs.")
    errors = FieldErrorSerializer(many=True, required=False, help_text="Of invalid input alone.")
    current_version = serializers.IntegerField(
        required=False, help_text="Of a 412, and of a merge's 409."
    )
    conflicts = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Of a merge's 409: `field`, `base`, `current` and `yours` of each clash.",
    )


def problem(name: str, status: int, code: str, detail: str, **members) -> OpenApiExample:
    """An example, made as the server makes the body."""
    return OpenApiExample(name, problems.body(status, code, detail, **members))


def invalid(name: str, field: str, code: str, message: str) -> OpenApiExample:
    errors = [{"field": field, "code": code, "message": message}]
    return problem(name, 400, "invalid", f"Please correct: {field}.", errors=errors)


def refusal(description: str, *examples: OpenApiExample) -> OpenApiResponse:
    return OpenApiResponse(ProblemSerializer, description, list(examples))


UNKNOWN_PARAMETER = invalid(
    "An unknown parameter", "colour", "unknown_parameter", "There is no such parameter."
)
MALFORMED = problem(
    "A malformed body",
    400,
    "parse_error",
    "The body is not valid JSON: unexpected end of data: line 1 column 10 (char 9).",
)
REFUSALS = {
    400: refusal("The body or the query is invalid.", UNKNOWN_PARAMETER, MALFORMED),
    401: refusal(
        "Nobody is signed in, or no longer.",
        problem(
            "No token",
            401,
            "not_authenticated",
            "Authentication credentials were not provided.",
        ),
        problem("An old token", 401, "token_expired", "The token has expired."),
    ),
    403: refusal(
        "The caller's role is too small; or, in a browser's session, the CSRF token is missing.",
        problem(
            "A small role",
            403,
            "permission_denied",
            "You do not have permission to perform this action.",
        ),
    ),
    404: refusal(
        "There is nothing here that the caller can see.",
        problem("Nothing to see", 404, "not_found", "Not found."),
    ),
    406: refusal(
        "`Accept` or `format` names no form that the answer can be given in.",
        problem(
            "No such form",
            406,
            "not_acceptable",
            "Could not satisfy the request Accept header.",
        ),
    ),
    408: refusal(
        "The body took too long to arrive.",
        problem("A slow body", 408, "request_timeout", "The body took too long to arrive."),
    ),
    412: refusal(
        "The event has changed since the state that `If-Match` names.",
        problem(
            "An outdated tag",
            412,
            problems.PreconditionFailed.default_code,
            problems.PreconditionFailed.default_detail,
            current_version=4,
        ),
    ),
    413: refusal(
        "The body is larger than 10 MiB.",
        problem("Too large", 413, "too_large", "A body may have up to 10485760 bytes."),
    ),
    415: refusal(
        "The body is of a media type that is not taken here.",
        problem(
            "No such type",
            415,
            "unsupported_media_type",
            'Unsupported media type "text/csv" in request.',
        ),
    ),
    429: refusal(
        "Too many requests.",
        problem(
            "Throttled",
            429,
            "throttled",
            "Request was throttled. Expected available in 42 seconds.",
        ),
    ),
    503: refusal(
        "What the service stands on is away or too slow: try again after `Retry-After` seconds.",
        *(
            problem(name, 503, example.detail.code, str(example.detail))
            for name, example in {
                "No database": outages.database_unavailable(),
                "A lock held for too long": outages.busy(),
                "A slow query": outages.timeout(),
                "No cache to count requests in": outages.cache_unavailable(),
            }.items()
        ),
    ),
}


def rank_of_parameter(parameter: dict) -> tuple:
    """Those of one operation before those of all."""
    return ["path", "query", "header"].index(parameter["in"]), parameter["name"] == "format"


class ProblemAutoSchema(AutoSchema):
    """Derives the refusals; takes the first sentence of a description as the summary."""

    known_refusals = REFUSALS

    def get_operation(self, *args):
        operation = super().get_operation(*args)
        if operation:
            summary, _, rest = operation.pop("description").partition(". ")
            operation["summary"] = summary.rstrip(".")
            if rest:
                operation["description"] = rest
        return operation

    def get_override_parameters(self):
        return EVERYWHERE

    def _resolve_path_parameters(self, variables):
        return [
            build_parameter_type(name, schema, OpenApiParameter.PATH, description=description)
            for name in variables
            for schema, description in [PATH_PARAMETERS[name]]
        ]

    def _get_format_parameters(self):
        description = "The form of the answer, in place of `Accept`."
        return [p | {"description": description} for p in super()._get_format_parameters()]

    def map_parsers(self):
        # Forms belong to the browsable API's own session: they are promised to nobody.
        parsers = [p for p in self.view.get_parsers() if not isinstance(p, SessionOnly)]
        return [parser.media_type for parser in parsers]

    def _get_examples(self, serializer, direction, media_type, status_code=None, extras=None):
        # Whatever the form of a body, it says the same.
        form = "application/json" if direction == "request" else media_type
        return super()._get_examples(serializer, direction, form, status_code, extras)

    def _get_request_body(self, direction="request"):
        serializer = self.get_request_serializer()
        if self.method != "DELETE" or serializer is None:
            return super()._get_request_body(direction)
        # The library gives a DELETE no body; ours may carry a note.
        schema, _ = self._get_request_for_media_type(serializer, direction)
        return {
            "content": {
                media_type: build_media_type_object(
                    schema, self._get_examples(serializer, direction, media_type)
                )
                for media_type in self.map_parsers()
            }
        }

    def _postprocess_serializer_schema(self, schema, serializer, direction):
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)
        if "description" in schema:
            # The rest of a serializer's docstring is for those who change it.
            schema["description"] = schema["description"].partition("\n\n")[0]
        if direction == "request" and isinstance(serializer, StrictSerializer):
            # What comes back from a GET may be sent: OpenAPI's word for that is readOnly.
            ignored = {name: {"readOnly": True} for name in sorted(serializer.ignored)}
            schema["properties"] |= ignored
            schema["additionalProperties"] = False
        return schema

    def _unwrap_list_serializer(self, serializer, direction):
        schema = super()._unwrap_list_serializer(serializer, direction)
        if is_list_serializer(serializer) and serializer.max_length:
            least = 0 if serializer.allow_empty else 1
            schema |= {"minItems": least, "maxItems": serializer.max_length}
        return schema

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for status in self.refusals():
            bodies.setdefault(str(status), self._shared(status))
        for status, body in bodies.items():
            if "$ref" not in body:
                body["description"] = body["description"] or HTTPStatus(int(status)).phrase
        return dict(sorted(bodies.items()))

    def _get_response_for_code(
        self, serializer, status_code, media_types=None, direction="response"
    ):
        if status_code >= "400":
            media_types = [problems.MEDIA_TYPE]
        return super()._get_response_for_code(serializer, status_code, media_types, direction)

    def refusals(self) -> set[int]:
        """The statuses of the refusals that follow from what the view is."""
        found = {400, 406, 503} | ({404} if "{" in self.path else set())
        throttles = {type(throttle) for throttle in self.view.get_throttles()}
        if self.view.get_authenticators():
            found |= {401} if self.method in SAFE_METHODS else {401, 403}
        else:
            throttles -= {UserThrottle}  # it counts those who are signed in
        if throttles:
            found |= {429}
        if self._get_request_body():
            found |= {408, 413, 415}
        if IF_MATCH in self.get_override_parameters():
            found |= {412}
        return found

    def _shared(self, status: int) -> dict:
        """A reference to the answer that all operations refuse with alike."""
        name = f"Problem{status}"
        answer = self._get_response_for_code(self.known_refusals[status], str(status))
        component = ResolvedComponent(name, ResolvedComponent.RESPONSE, answer, object=name)
        self.registry.register_on_missing(component)
        return component.ref


class CachedGenerator(SchemaGenerator):
    """The document is the same for everybody and takes a while to make: once is enough."""

    def get_schema(self, request=None, public=False):
        return _document()


@cache
def _document() -> dict:
    return SchemaGenerator().get_schema(public=True)
