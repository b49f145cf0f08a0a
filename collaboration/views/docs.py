"""What the OpenAPI document says of the views (see events.views.docs)."""

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)

from collaboration.serializers.change_sets import CannotUndoSerializer, ChangeSetSerializer
from collaboration.serializers.sharing import GrantSerializer, GrantsSerializer
from events.examples import ADA, EVENT, GRACE, NOTE
from events.serializers.events import NoteSerializer
from neofi.schema import CHANGE_SET, invalid, problem, refusal

_GRANT = {
    "user": GRACE,
    "role": "editor",
    "granted_by": ADA,
    "granted_at": "2026-02-20T14:23:30.015422Z",
}
ONE = OpenApiExample("One person", {"user": "grace", "role": "editor"}, request_only=True)
SEVERAL = OpenApiExample(
    "Several people",
    {
        "users": [
            {"user": "grace", "role": "editor"},
            {"user": "alan@example.org", "role": "viewer"},
        ],
        "note": "The team",
    },
    request_only=True,
)
GRANT = OpenApiExample("A role", _GRANT, response_only=True)
GRANTS = OpenApiExample("Several roles", {"results": [_GRANT]}, response_only=True)
NEW_ROLE = OpenApiExample("A smaller role", {"role": "viewer"}, request_only=True)
TRANSFER = OpenApiExample("A new owner", {"role": "owner"}, request_only=True)

UNKNOWN_USER = invalid("Nobody", "user", "unknown_user", "There is no such user.")
OWNER_REQUIRED = refusal(
    "The event would be left without an owner.",
    problem(
        "The owner goes",
        409,
        "owner_required",
        "The owner cannot leave: transfer the event first.",
    ),
)

_CHANGES = {
    "id": "0199ff60-2e4f-7b1c-a0d3-6e5f4d3c2b1a",
    "at": "2026-02-23T09:02:10.300214Z",
    "by": GRACE,
    "events": [
        {"event": EVENT.value["id"], "versions": [3], "actions": ["updated"]},
        {
            "event": "0199ff60-2e51-7d09-8c4b-1a2b3c4d5e6f",
            "versions": [1],
            "actions": ["created"],
        },
    ],
}
CHANGES = OpenApiExample("A batch", _CHANGES, response_only=True)
_UNDONE = {
    **_CHANGES,
    "id": "0199ff71-90ab-7cde-b123-4567890abcde",
    "at": "2026-02-23T09:20:44.718002Z",
    "events": [
        {"event": EVENT.value["id"], "versions": [4], "actions": ["undone"]},
        {
            "event": "0199ff60-2e51-7d09-8c4b-1a2b3c4d5e6f",
            "versions": [2],
            "actions": ["deleted"],
        },
    ],
}
CHANGES_UNDONE = OpenApiExample("The batch, taken back", _UNDONE, response_only=True)
CANNOT_UNDO = OpenApiResponse(
    CannotUndoSerializer,
    "Not all of it can be taken back, so nothing was.",
    [
        problem(
            "A clash, and a part out of sight",
            409,
            "cannot_undo",
            "Not all of this can be taken back, so nothing was: see `reasons`.",
            reasons=[
                {
                    "event": EVENT.value["id"],
                    "version": 3,
                    "code": "merge_conflict",
                    "message": "The event has changed since, in the same places.",
                    "current_version": 4,
                    "conflicts": [
                        {
                            "field": "title",
                            "base": "Design review",
                            "current": "Quarterly review",
                            "yours": "Review",
                        }
                    ],
                }
            ],
            hidden=1,
        )
    ],
)

SHARED = PolymorphicProxySerializer(
    "Shared", [GrantSerializer, GrantsSerializer], resource_type_field_name=None
)

share = extend_schema_view(
    create=extend_schema(
        tags=["collaboration"],
        operation_id="events_share",
        description="Share an event. Needs the role `owner`. Give one `user` and `role`, "
        "or up to 100 `users`, all or none; the answer has the same form. Whoever has a role "
        "already gets the new one in its place. 201 if all are new, else 200.",
        parameters=[CHANGE_SET],
        responses={
            200: SHARED,
            201: SHARED,
            400: refusal("The body or the query is invalid.", UNKNOWN_USER),
        },
        examples=[ONE, SEVERAL, GRANT, GRANTS],
    )
)

permissions = extend_schema_view(
    list=extend_schema(
        tags=["collaboration"],
        description="List who has access, owner first.",
        examples=[GRANT],
    ),
    update=extend_schema(
        tags=["collaboration"],
        description="Change somebody's role, or hand the event over. Needs the role `owner`. "
        "With `owner`, the person becomes the owner, and the old owner an editor.",
        parameters=[CHANGE_SET],
        responses={200: GrantSerializer, 409: OWNER_REQUIRED},
        examples=[NEW_ROLE, TRANSFER, GRANT],
    ),
    destroy=extend_schema(
        tags=["collaboration"],
        description="Revoke somebody's access, or leave. Needs the role `owner`, or that the "
        "access is one's own.",
        parameters=[CHANGE_SET],
        responses={204: None, 409: OWNER_REQUIRED},
        examples=[NOTE],
    ),
)

change_sets = extend_schema_view(
    retrieve=extend_schema(
        tags=["versions"],
        operation_id="changes_retrieve",
        description="Read what one request did. Everything in it that you can see, content and "
        "access, events in the trash too.",
        responses={200: ChangeSetSerializer},
        examples=[CHANGES],
    ),
    undo=extend_schema(
        tags=["versions"],
        operation_id="changes_undo",
        description="Take back what one request did. Whole or not at all, newest change first: "
        "versions as `/undo/{version}` does it, and access to what it was before. Answers the "
        "change set that this makes, which can be undone in turn; if nothing is left to take back, "
        "the one that you asked for, without `X-Change-Set`. Each change needs the role that its "
        "inverse needs: `editor` for content, `owner` for access and for the trash. A role that is "
        "too small is one of the `reasons` of a 409, as are changes that came since. An event that "
        "has been purged is no part of it any more.",
        parameters=[CHANGE_SET],
        request=NoteSerializer,
        responses={200: ChangeSetSerializer, 409: CANNOT_UNDO},
        examples=[NOTE, CHANGES_UNDONE],
    ),
)
