"""Examples for the OpenAPI document: the life of one event."""

from drf_spectacular.utils import OpenApiExample

from events import content as contents
from events.roles import CAPABILITIES, Role
from neofi import problems

ADA = {"id": "0199f3a2-7c41-7d3e-9b0a-5f1c2d3e4f50", "username": "ada"}
GRACE = {"id": "0199f3a8-0b5e-7c12-8d44-9e6a7b8c9d01", "username": "grace"}

_ID = "0199f3b0-1a2b-7c3d-8e4f-5a6b7c8d9e0f"
_CREATED_AT = "2026-02-20T14:05:11.482913Z"
_MOVED_AT = "2026-02-23T08:31:47.120356Z"
_TAG = '"2-5f1c2d3e4f50"'
_CREATION = "0199f3b0-1a2c-7d88-b1f2-0c1d2e3f4a5b"
_MOVE = "0199ff42-6d10-7a55-9c3e-1f2a3b4c5d6e"
_SHARING = "0199f3c1-44d2-7e09-a6b7-8c9d0e1f2a3b"

_NEW = {
    "title": "Design review",
    "description": "Agenda:\n- the calendar's API\n- the pages",
    "location": "Room 4",
    "start_time": "2026-03-02T09:00:00+01:00",
    "end_time": "2026-03-02T10:00:00+01:00",
    "timezone": "Europe/Berlin",
    "tags": ["team", "planning"],
    "metadata": {"agenda_url": "https://example.org/agenda"},
}
_FIRST = {
    **contents.DEFAULTS,
    **_NEW,
    "start_time": "2026-03-02T08:00:00Z",
    "end_time": "2026-03-02T09:00:00Z",
}
_MOVED = {**_FIRST, "start_time": "2026-03-03T08:00:00Z", "end_time": "2026-03-03T09:00:00Z"}
_EVENT = {
    "id": _ID,
    **_MOVED,
    "uid": _ID,
    "split_from": None,
    "version": 2,
    "role": Role.OWNER.value,
    "capabilities": CAPABILITIES[Role.OWNER],
    "owner": ADA,
    "created_at": _CREATED_AT,
    "updated_at": _MOVED_AT,
    "updated_by": GRACE,
}
_CREATED = {
    **_EVENT,
    **_FIRST,
    "version": 1,
    "updated_at": _CREATED_AT,
    "updated_by": ADA,
}
_FIRST_VERSION = {"version": 1, "at": _CREATED_AT, "by": ADA}
_SECOND_VERSION = {"version": 2, "at": _MOVED_AT, "by": GRACE}
_MOVE_CHANGES = [
    {"field": name, "from": _FIRST[name], "to": _MOVED[name]} for name in ("start_time", "end_time")
]
_MOVE_ROW = {
    **_SECOND_VERSION,
    "action": "updated",
    "note": "Grace is away on Monday",
    "source_version": None,
    "merged_from": None,
    "change_set": _MOVE,
}


def _request(name: str, value: dict) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def _response(name: str, value, **kwargs) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, **kwargs)


NEW_EVENT = _request("A meeting", _NEW)
ALL_DAY = _request(
    "All day",
    {"title": "Holiday", "start_time": "2026-05-01", "end_time": "2026-05-02", "all_day": True},
)
CHANGED_EVENT = _request("The whole event", {**_NEW, "location": "Room 5"})
MOVE = _request(
    "Another day",
    {
        "start_time": "2026-03-03T09:00:00+01:00",
        "end_time": "2026-03-03T10:00:00+01:00",
        "note": "Grace is away on Monday",
    },
)
NOTE = _request("A reason", {"note": "Monday suits everybody after all"})
NEW_EVENTS = _request("Two events", {"events": [NEW_EVENT.value, ALL_DAY.value]})

OPERATIONS = _request(
    "Operations",
    {
        "operations": [
            {"op": "create", "event": NEW_EVENT.value},
            {"op": "update", "id": _ID, "base_version": 1, "event": {"title": "Design review 2"}},
            {"op": "delete", "id": _ID, "if_match": _TAG},
        ],
        "atomic": False,
    },
)

CREATED_EVENT = _response("The event", _CREATED)
EVENT = _response("The event", _EVENT)
EVENT_ROW = _response("A page", {**_EVENT, "etag": _TAG})
CREATED_EVENTS = _response("The events", {"results": [{**_CREATED, "etag": '"1-0a1b2c3d4e5f"'}]})
MULTI_STATUS = OpenApiExample(
    "Some of them",
    {
        "results": [
            {"status": 201, "event": {**_CREATED, "etag": '"1-0a1b2c3d4e5f"'}},
            {"status": 404, "error": problems.body(404, "not_found", "Not found.")},
            {"status": 204, "event": None},
        ]
    },
    response_only=True,
    status_codes=["207"],
)
UNDONE = _response("The event", {**_EVENT, **_FIRST, "version": 3})
ROLLED_BACK = _response("The event", {**_EVENT, **_FIRST, "version": 3})

VERSION_ROW = _response("A page", _MOVE_ROW)
VERSION = _response("A version", {**_MOVE_ROW, "hash": "9f2c" * 16, "event": _MOVED})
VALID = _response(
    "A history that holds",
    {
        "valid": True,
        "versions": 2,
        "head": "5d2b5a0e8c6f4f6a9b1f0e3d7c8a9b2c4d6e8f0a1b3c5d7e9f1a2b4c6d8e0f1a",
    },
)
INVALID = _response(
    "A history that was changed by hand",
    {
        **VALID.value,
        "valid": False,
        "faults": [
            {
                "version": 1,
                "code": "hash",
                "message": f"Version 1 of event {_ID}: its hash does not follow from it and the "
                "hash before.",
            }
        ],
    },
)
CONTENT_CHANGE = {**_MOVE_ROW, "changes": _MOVE_CHANGES}
ACCESS_CHANGE = {
    "action": "shared",
    "version": None,
    "at": "2026-02-20T14:23:30.015422Z",
    "by": ADA,
    "note": "",
    "source_version": None,
    "merged_from": None,
    "change_set": _SHARING,
    "changes": [{"field": "role", "user": GRACE, "from": None, "to": "editor"}],
}
CHANGELOG = [
    _response("A change of content", CONTENT_CHANGE),
    _response("A change of access", ACCESS_CHANGE),
]
DIFF = _response(
    "What changed",
    {"event": _ID, "from": _FIRST_VERSION, "to": _SECOND_VERSION, "changes": _MOVE_CHANGES},
)
JSON_PATCH = _response(
    "Operations",
    [
        {"op": "replace", "path": f"/{change['field']}", "value": change["to"]}
        for change in _MOVE_CHANGES
    ],
    media_type="application/json-patch+json",
)
UNIFIED_DIFF = _response(
    "Lines",
    f"--- version 1\t{_CREATED_AT}\n"
    f"+++ version 2\t{_MOVED_AT}\n"
    "@@ -1,2 +1,2 @@\n"
    '-start_time: "2026-03-02T08:00:00Z"\n'
    '-end_time: "2026-03-02T09:00:00Z"\n'
    '+start_time: "2026-03-03T08:00:00Z"\n'
    '+end_time: "2026-03-03T09:00:00Z"\n',
    media_type="text/plain",
)
BLAME = _response(
    "Each field",
    dict.fromkeys(contents.FIELDS, _FIRST_VERSION)
    | dict.fromkeys(("start_time", "end_time"), _SECOND_VERSION),
)

DRY_RUN = {
    "event": _EVENT,
    "changes": _MOVE_CHANGES,
    "conflicts": [],
    "would_tell": [GRACE],
}
