"""RFC 6902, as far as diffs use it: a small reader of its own, to check the writer by."""

from copy import deepcopy
from typing import Any


def patched(document: Any, operations: list[dict]) -> Any:
    """The document after these operations. Raises KeyError where one does not apply."""
    document = deepcopy(document)
    for operation in operations:
        *parents, key = steps(operation["path"])
        target = document
        for step in parents:
            target = target[step]
        apply(operation, target, key)
    return document


def apply(operation: dict, target: dict, key: str) -> None:
    match operation["op"]:
        case "add":
            target[key] = operation["value"]
        case "replace":
            target[key]  # what is replaced must be there (section 4.3)
            target[key] = operation["value"]
        case "remove":
            del target[key]
        case other:
            raise ValueError(other)


def steps(pointer: str) -> list[str]:
    """RFC 6901 section 4: first ~1, then ~0."""
    assert pointer.startswith("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
