"""The pieces of a collection, as Postman's format 2.1 has them."""

import json
from uuid import NAMESPACE_URL, uuid5

NO_AUTH = {"type": "noauth"}
JSON_HEADER = {"key": "Content-Type", "value": "application/json"}


def stable_id(name: str) -> str:
    """The same for the same name, so that making the file anew changes only what has changed."""
    return str(uuid5(NAMESPACE_URL, f"urn:neofi:postman:{name}"))


def bearer(variable: str) -> dict:
    token = {"key": "token", "value": "{{" + variable + "}}", "type": "string"}
    return {"type": "bearer", "bearer": [token]}


def folder(name: str, description: str, items: list[dict]) -> dict:
    return {"id": stable_id(name), "name": name, "description": description, "item": items}


def url(path: str, query: list[dict]) -> dict:
    """`query` is a list of parts as `pair` makes them; what is switched off is not in `raw`."""
    sent = "&".join(f"{row['key']}={row['value']}" for row in query if not row.get("disabled"))
    return {
        "raw": "{{base_url}}" + path + (f"?{sent}" if sent else ""),
        "host": ["{{base_url}}"],
        "path": path.strip("/").split("/"),
        **({"query": query} if query else {}),
    }


def pair(key: str, value: str, **more) -> dict:
    return {"key": key, "value": value, **more}


def json_body(value: dict) -> dict:
    raw = json.dumps(value, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}


def script(when: str, code: str) -> dict:
    """`when` is `prerequest` or `test`."""
    return {"listen": when, "script": {"type": "text/javascript", "exec": code.splitlines()}}
