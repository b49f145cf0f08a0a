"""The whole collection: the walk through, then each operation in the folder of its tag."""

from pathlib import Path

import orjson
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from tools.postman import operations, parts, walk

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "neofi.postman_collection.json"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
DESCRIPTION = """\
Every operation of the NeoFi API, and a walk through that runs by itself.

Set `base_url` to your server. **Walk through** registers two people of names that nobody has, and
takes one event through sharing, editing, comparing and going back; run the folder as a whole.

The other folders have each operation once. Register or log in there (folder `accounts`) and create
an event (folder `events`): the tokens and ids that come back are kept as variables, which the other
requests use. Query parameters and optional headers are there, switched off."""
VARIABLES = {
    "base_url": "http://127.0.0.1:8000",
    **dict.fromkeys(["access", "refresh", "event", "user", "change_set", "etag"], ""),
    **{"version": "2", "v1": "1", "v2": "2"},
    **dict.fromkeys(["run", "grace_access", "grace_etag"], ""),
}


def document() -> dict:
    """The OpenAPI document as clients read it, plain values all through."""
    made = SchemaGenerator().get_schema(public=True)
    return orjson.loads(OpenApiJsonRenderer().render(made))


def collection(openapi: dict) -> dict:
    return {
        "info": {
            "_postman_id": parts.stable_id("collection"),
            "name": openapi["info"]["title"],
            "description": DESCRIPTION,
            "schema": SCHEMA,
        },
        "auth": parts.bearer("access"),
        "variable": [{"key": key, "value": value} for key, value in VARIABLES.items()],
        "item": [
            parts.folder("Walk through", walk.DESCRIPTION, walk.items()),
            *(
                parts.folder(tag["name"], tag["description"], operations.items(openapi, tag))
                for tag in openapi["tags"]
            ),
        ],
    }


def text() -> str:
    """What the file holds. It says nothing of when or where it was made."""
    made = collection(document())
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
