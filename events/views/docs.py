"""What the OpenAPI document says of the views, kept apart so that the views stay readable.

The first sentence of a description is the operation's summary. How an operation may be refused is
derived (neofi.schema); what stands here are the refusals that are its own.
"""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from events import examples
from events.ordering import ORDERINGS
from events.serializers.events import (
    BatchResultSerializer,
    EventRowSerializer,
    EventSerializer,
    NoteSerializer,
)
from events.serializers.versions import DiffSerializer
from neofi.schema import CHANGE_SET, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION, invalid, refusal

ENDS_TOO_EARLY = invalid(
    "An impossible span", "end_time", "not_after_start", "An event must end after it starts."
)
BAD_ITEM = invalid("A bad item", "events.1.title", "required", "This field is required.")
INVALID_EVENT = refusal("The event or the query is invalid.", ENDS_TOO_EARLY)
WRITE = [IF_MATCH, ETAG, CHANGE_SET]


def fields(serializer_class) -> OpenApiParameter:
    names = {"type": "string", "enum": list(serializer_class().fields)}
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": names},
        style="form",
        explode=False,
        description="Just these fields, joined by commas. The schema of the answer is that of all.",
    )


ORDERING = OpenApiParameter(
    "ordering", str, enum=list(ORDERINGS), default="start_time", description="`-` is descending."
)
PURGE = OpenApiParameter(
    "purge",
    bool,
    default=False,
    description="Remove the event for good, history and access included, from the trash or "
    "directly. A note goes with it, and no `X-Change-Set` is answered.",
)

events = extend_schema_view(
    list=extend_schema(
        description="List the events that you can see. Each row carries its `etag`. With "
        "`deleted=true`: those of your own in the trash, which have `deleted_at`.",
        parameters=[ORDERING, fields(EventRowSerializer)],
        examples=[examples.EVENT_ROW],
    ),
    create=extend_schema(
        description="Create an event. You become its owner.",
        parameters=[ETAG, LOCATION, CHANGE_SET],
        responses={201: EventSerializer, 400: INVALID_EVENT},
        examples=[examples.NEW_EVENT, examples.ALL_DAY, examples.CREATED_EVENT],
    ),
    retrieve=extend_schema(
        description="Read an event.",
        parameters=[fields(EventSerializer), IF_NONE_MATCH, ETAG],
        responses={200: EventSerializer, 304: OpenApiResponse(None, "You have it already.")},
        examples=[examples.EVENT],
    ),
    update=extend_schema(
        description="Replace the content of an event. Needs the role `editor`. Fields that are "
        "left out go to their defaults; `timezone` stays. What changes nothing makes no version. "
        "Read-only fields may be sent as they came; they are ignored.",
        parameters=WRITE,
        responses={200: EventSerializer, 400: INVALID_EVENT},
        examples=[examples.CHANGED_EVENT, examples.EVENT],
    ),
    partial_update=extend_schema(
        description="Change fields of an event. Needs the role `editor`. Only the fields that "
        "are given change. What changes nothing makes no version. Read-only fields may be sent as "
        "they came; they are ignored.",
        parameters=WRITE,
        responses={200: EventSerializer, 400: INVALID_EVENT},
        examples=[examples.MOVE, examples.EVENT],
    ),
    destroy=extend_schema(
        description="Move an event to the trash, or purge it. Needs the role `owner`. The trash "
        "is a version too: `restore` brings the event back.",
        parameters=[PURGE, IF_MATCH, CHANGE_SET],
        responses={204: None},
        examples=[examples.NOTE],
    ),
    restore=extend_schema(
        operation_id="events_restore",
        description="Take an event out of the trash. Needs the role `owner`. A live event stays "
        "as it is.",
        parameters=WRITE,
        request=NoteSerializer,
        responses={200: EventSerializer},
        examples=[examples.NOTE, examples.EVENT],
    ),
    batch=extend_schema(
        description="Create up to 1,000 events. All of them, as one change set, or none: one "
        "bad item is a 400 that names every bad item.",
        parameters=[CHANGE_SET],
        responses={
            201: BatchResultSerializer,
            400: refusal("An item, or the query, is invalid.", BAD_ITEM),
        },
        examples=[examples.NEW_EVENTS, examples.CREATED_EVENTS],
    ),
)

versions = extend_schema_view(
    list=extend_schema(
        tags=["versions"],
        description="List the versions of an event, newest first.",
        examples=[examples.VERSION_ROW],
    ),
    retrieve=extend_schema(
        tags=["versions"],
        description="Read an event as it was at a version.",
        examples=[examples.VERSION],
    ),
    rollback=extend_schema(
        tags=["versions"],
        operation_id="events_rollback",
        description="Go back to a version. Needs the role `editor`. Makes the content what it "
        "was then, as a new version that names it as its `source_version`; no history is lost. "
        "If nothing differs, no version is made.",
        parameters=WRITE,
        request=NoteSerializer,
        responses={200: EventSerializer},
        examples=[examples.NOTE, examples.ROLLED_BACK],
    ),
)

changelog = extend_schema_view(
    list=extend_schema(
        tags=["versions"],
        description="List what changed, newest first. Content and access. For `created`, the "
        "fields that are not at their default, from null.",
        examples=examples.CHANGELOG,
    )
)

diff = extend_schema_view(
    retrieve=extend_schema(
        tags=["versions"],
        description="Compare two versions, in either order. As JSON (a long text has its lines "
        "in `diff`), as operations of RFC 6902 that turn the content of `v1` into that of `v2`, or "
        "as a unified diff: `Accept` chooses.",
        responses={
            (200, "application/json", "application/msgpack"): DiffSerializer,
            (200, "application/json-patch+json"): {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["op", "path"],
                    "properties": {
                        "op": {"enum": ["add", "remove", "replace"]},
                        "path": {"type": "string", "format": "json-pointer"},
                        "value": {},
                    },
                },
            },
            (200, "text/plain"): OpenApiTypes.STR,
        },
        examples=[examples.DIFF, examples.JSON_PATCH, examples.UNIFIED_DIFF],
    )
)

blame = extend_schema_view(
    retrieve=extend_schema(
        tags=["versions"],
        description="Who changed each field last, and in which version.",
        examples=[examples.BLAME],
    )
)
