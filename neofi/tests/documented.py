"""A client that holds every answer, and every request that is taken, to the OpenAPI document."""

from functools import cache
from typing import Any

import orjson
import ormsgpack
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

OWN_HEADERS = {"ETag", "Location", "X-Change-Set", "X-Request-ID", "Retry-After"}
MAY_BE_ABSENT = {"X-Change-Set"}  # where nothing changed
READERS = {
    "application/json": orjson.loads,
    "application/problem+json": orjson.loads,
    "application/json-patch+json": orjson.loads,
    "application/msgpack": ormsgpack.unpackb,
    "text/plain": bytes.decode,
}


@cache
def document() -> dict[str, Any]:
    """The document as clients read it."""
    made = SchemaGenerator().get_schema(public=True)
    return orjson.loads(OpenApiJsonRenderer().render(made))


def dereferenced(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to, or the node itself."""
    if "$ref" not in node:
        return node
    found = document()
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raise jsonschema's ValidationError. `schema` may refer to the document's components."""
    Draft202012Validator(
        {**schema, "components": document()["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    ).validate(value)


def operation_of(method: str, path: str) -> dict[str, Any]:
    """Raise KeyError for a path or a method that the document lacks."""
    route = "/" + resolve(path).route.replace("<str:", "{").replace(">", "}")
    return document()["paths"][route][method.lower()]


class DocumentedClient(APIClient):
    def generic(self, method, path, data="", content_type="application/json", **extra):
        response = super().generic(method, path, data, content_type, **extra)
        operation = operation_of(method, path.partition("?")[0])
        check_response(response, operation)
        if data and response.status_code < 300:
            content = operation["requestBody"]["content"][content_type.partition(";")[0]]
            check(READERS[content_type.partition(";")[0]](data), content["schema"])
        return response


def check_response(response, operation: dict[str, Any]) -> None:
    documented = dereferenced(operation["responses"][str(response.status_code)])
    assert set(documented["headers"]) & OWN_HEADERS - MAY_BE_ABSENT <= set(response.headers)
    assert set(response.headers) & OWN_HEADERS <= set(documented["headers"])
    if "content" not in documented:
        assert not response.content
        return
    media_type = response["Content-Type"].partition(";")[0]
    check(READERS[media_type](response.content), documented["content"][media_type]["schema"])
