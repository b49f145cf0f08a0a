"""What the OpenAPI document says of the views (see events.views.docs)."""

from drf_spectacular.utils import (
    OpenApiExample,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)

from collaboration.serializers import GrantSerializer, GrantsSerializer
from events.examples import ADA, GRACE, NOTE
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
