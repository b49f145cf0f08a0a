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
from events.merging import Side
from events.ordering import ORDERINGS
from events.serializers.batch import BatchResultSerializer, MultiStatusSerializer
from events.serializers.events import (
    EventRowSerializer,
    EventSerializer,
    NoteSerializer,
)
from events.serializers.versions import DiffSerializer
from neofi.schema import (
    CHANGE_SET,
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    LOCATION,
    invalid,
    problem,
    refusal,
)

ENDS_TOO_EARLY = invalid(
    "An impossible span", "end_time", "not_after_start", "An event must end after it starts."
)
BAD_ITEM = invalid("A bad item", "events.1.title", "required", "This field is required.")
NO_INSTANT = invalid(
    "No instant",
    "as_of",
    "invalid",
    "Give a time as RFC 3339 has it, such as 2026-03-02T09:00:00Z, or a date.",
)
INVALID_EVENT = refusal("The event or the query is invalid.", ENDS_TOO_EARLY)
MERGE_CONFLICT = refusal(
    "The event has changed since `base_version`, in the same places.",
    problem(
        "A clash",
        409,
        "merge_conflict",
        "The event has changed since, in the same places.",
        current_version=3,
        conflicts=[
            {
                "field": "title",
                "base": "Planning",
                "current": "Quarterly planning",
                "yours": "Planning, part 1",
            }
        ],
    ),
)
WRITE = [IF_MATCH, ETAG, CHANGE_SET]
RESOLVE = OpenApiParameter(
    "resolve",
    str,
    enum=list(Side),
    description="Whose change shall stand where both sides changed the same: yours (`mine`), or "
    "what is there now (`theirs`). Without it, that is a 409.",
)
EDITS = (
    "With `base_version`, what has changed since then is merged with your change. What changes "
    "nothing makes no version. Read-only fields may be sent as they came; they are ignored."
)


def fields(serializer_class) -> OpenApiParameter:
    names = {"type": "string", "enum": list(serializer_class().fields)}
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": names},
        style="form",
        explode=False,
        description="Just these fields, joined by commas. The schema of the answer is that of all.",
    )


AS_OF = OpenApiParameter(
    "as_of",
    str,
    description="The event as it was at this instant: a time as RFC 3339 has it, or a date; "
    "without an offset, in your own time zone. 404 before its creation and while it was in the "
    "trash. Your role and the owner are today's. An instant to come means now.",
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
        parameters=[AS_OF, fields(EventSerializer), IF_NONE_MATCH, ETAG],
        responses={
            200: EventSerializer,
            304: OpenApiResponse(None, "You have it already."),
            400: refusal("The query is invalid.", NO_INSTANT),
        },
        examples=[examples.EVENT],
    ),
    update=extend_schema(
        description="Replace the content of an event. Needs the role `editor`. Fields that are "
        "left out go to their defaults; `timezone` stays. " + EDITS,
        parameters=[*WRITE, RESOLVE],
        responses={200: EventSerializer, 400: INVALID_EVENT, 409: MERGE_CONFLICT},
        examples=[examples.CHANGED_EVENT, examples.EVENT],
    ),
    partial_update=extend_schema(
        description="Change fields of an event. Needs the role `editor`. Only the fields that "
        "are given change. " + EDITS,
        parameters=[*WRITE, RESOLVE],
        responses={200: EventSerializer, 400: INVALID_EVENT, 409: MERGE_CONFLICT},
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
)

batch = extend_schema_view(
    create=extend_schema(
        tags=["events"],
        operation_id="events_batch",
        description="Write up to 1,000 events. Give `events` to create, or `operations`, each a "
        "`create`, an `update` (a PATCH) or a `delete`. All of it is one change set. With "
        "`atomic: true`, the default, one bad item refuses all, and the 400 gives each bad item's "
        "own code; 201 if anything was created, else 200. With `atomic: false` the answer is "
        "always 207, with what became of each item.",
        parameters=[RESOLVE, CHANGE_SET],
        responses={
            200: BatchResultSerializer,
            201: BatchResultSerializer,
            207: MultiStatusSerializer,
            400: refusal("An item, or the query, is invalid.", BAD_ITEM),
        },
        examples=[
            examples.NEW_EVENTS,
            examples.OPERATIONS,
            examples.CREATED_EVENTS,
            examples.MULTI_STATUS,
        ],
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
    verify=extend_schema(
        tags=["versions"],
        operation_id="events_verify",
        description="Verify the history of an event. Each version's hash covers it and the hash "
        "before, so a change that was made by hand is found. A `head` that is kept elsewhere is "
        "an anchor: as long as the version of then has it, nothing up to there was changed.",
        examples=[examples.VALID, examples.INVALID],
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
    undo=extend_schema(
        tags=["versions"],
        operation_id="events_undo",
        description="Take back what one version changed. Keeps everything since: the inverse of "
        "that change is merged into the present, as a new version that names it as its "
        "`source_version`. Needs the role `editor`; to undo the creation, which moves the event "
        "to the trash and answers 204, `owner`. What is taken back already makes no version.",
        parameters=WRITE,
        request=NoteSerializer,
        responses={200: EventSerializer, 204: None, 409: MERGE_CONFLICT},
        examples=[examples.NOTE, examples.UNDONE],
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
