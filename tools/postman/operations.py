"""One request for each operation of the OpenAPI document."""

import json
import re

from tools.postman import parts

# What stands for each parameter of a path: variables that other requests fill.
IN_PATHS = {"id": "event", "user_id": "user"}
# Examples of values, where the schema has neither a default nor a choice.
EXAMPLES = {"If-Match": "{{etag}}", "If-None-Match": "{{etag}}"}
# The document goes by the alphabet; a person registers first.
FIRST = ["register", "login"]
# What the answers of these leave for the requests that come after.
KEPT = {
    "register": {"access": "body.access", "refresh": "body.refresh"},
    "login": {"access": "body.access", "refresh": "body.refresh"},
    "refresh": {"access": "body.access", "refresh": "body.refresh"},
    "events_create": {
        "event": "body.id",
        "etag": 'pm.response.headers.get("ETag")',
    },
    "events_partial_update": {
        "etag": 'pm.response.headers.get("ETag")',
        "change_set": 'pm.response.headers.get("X-Change-Set")',
    },
    "events_share": {"user": "body.user.id"},
}


def items(document: dict, tag: dict) -> list[dict]:
    found = [
        (method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation["tags"] == [tag["name"]]
    ]
    return [item(*one) for one in sorted(found, key=lambda one: rank(one[2]["operationId"]))]


def rank(operation_id: str) -> int:
    return FIRST.index(operation_id) if operation_id in FIRST else len(FIRST)


def item(method: str, path: str, operation: dict) -> dict:
    bodies = example_bodies(operation)
    kept = KEPT.get(operation["operationId"])
    return {
        "id": parts.stable_id(f"{method} {path}"),
        "name": operation["summary"],
        **({"event": [parts.script("test", keeping(kept))]} if kept else {}),
        "request": {
            "method": method.upper(),
            **({} if needs_token(operation) else {"auth": parts.NO_AUTH}),
            "header": [*([parts.JSON_HEADER] if bodies else []), *off(operation, "header")],
            **({"body": parts.json_body(next(iter(bodies.values())))} if bodies else {}),
            "url": parts.url(filled(path), off(operation, "query")),
            "description": description(operation, bodies),
        },
        "response": [],
    }


def needs_token(operation: dict) -> bool:
    return {} not in operation["security"]


def filled(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda name: "{{" + IN_PATHS.get(name[1], name[1]) + "}}", path)


def off(operation: dict, where: str) -> list[dict]:
    """The parameters of one kind, each switched off and with a value to start from."""
    return [
        parts.pair(
            found["name"],
            starting_value(found),
            description=found.get("description", "").strip(),
            disabled=True,
        )
        for found in operation["parameters"]
        if found["in"] == where
    ]


def starting_value(parameter: dict) -> str:
    schema = parameter["schema"]
    if parameter["name"] in EXAMPLES:
        return EXAMPLES[parameter["name"]]
    if "enum" in schema:
        return str(schema.get("default", schema["enum"][0]))
    if schema["type"] == "boolean":
        return "true"  # who switches one on wants it
    return str(schema.get("default", ""))


def example_bodies(operation: dict) -> dict[str, dict]:
    """The document's example bodies by name, with the tokens that the variables hold."""
    content = operation.get("requestBody", {"content": {}})["content"]
    examples = content.get("application/json", {}).get("examples", {})
    return {
        example.get("summary", name): with_tokens(example["value"])
        for name, example in examples.items()
    }


def with_tokens(value: dict) -> dict:
    return {**value, "refresh": "{{refresh}}"} if "refresh" in value else value


def description(operation: dict, bodies: dict[str, dict]) -> str:
    """What the document says, and the examples that are not in the request itself."""
    said = [f"{operation['summary']}.", operation.get("description", "")]
    others = [
        f"Another body, \u201c{name}\u201d:\n\n```json\n{json.dumps(body, indent=2)}\n```"
        for name, body in list(bodies.items())[1:]
    ]
    return "\n\n".join(filter(None, [*said, *others]))


def keeping(kept: dict[str, str]) -> str:
    lines = [f'    pm.collectionVariables.set("{name}", {code});' for name, code in kept.items()]
    if "body." in "".join(lines):
        lines.insert(0, "    const body = pm.response.json();")
    return "\n".join(["if (pm.response.code < 300) {", *lines, "}"])
