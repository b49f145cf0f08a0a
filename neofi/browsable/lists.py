"""The form of a list: a GET whose inputs are the query parameters that the view knows."""

from typing import Any

from neofi.browsable.inputs import PICKED, Input

SIZES = ["10", "20", "50", "100"]


def filters_of(view: Any, request: Any, errors: dict[str, list[str]]) -> list[Input]:
    """None for what is no list. Empty ones say nothing, so a form may send them all."""
    known, repeatable = view.known_parameters()
    if "page_size" not in known:
        return []
    given = request.query_params
    filterset = getattr(view, "filterset_class", None)
    filters = filterset.base_filters.items() if filterset else ()
    found = [
        one
        for name, of in filters
        for one in _inputs(name, of, given, repeatable=name in repeatable)
    ]
    if orderings := getattr(view, "orderings", None):
        found.append(_select("ordering", orderings, given.get("ordering", orderings[0])))
    size = given.get("page_size", "20")
    found.append(_select("page_size", [*SIZES, *([] if size in SIZES else [size])], size))
    for one in found:
        one.errors = errors.get(one.field, [])
    return found


def _inputs(name: str, of: Any, given: Any, *, repeatable: bool) -> list[Input]:
    values = [value for value in given.getlist(name) if value]
    # With room for one more, where they may be several.
    values = [*values, ""] if repeatable else values[:1] or [""]
    told = str(of.extra.get("help_text", ""))
    choices = [key for key, _ in of.extra.get("choices", ())]
    kind = type(of).__name__
    if kind == "FlagFilter":
        choices = ["true", "false"]
    if choices:
        return [_select(name, ["", *choices], values[0], told)]
    return [Input(name, name, _widget(kind, value), value, told) for value in values]


def _widget(kind: str, value: str) -> str:
    """A date, or an instant with its offset, is taken too, and no picker could show it."""
    is_time = kind == "InstantFilter" and (not value or PICKED.fullmatch(value))
    return "time" if is_time else "line"


def _select(name: str, values: Any, chosen: str, told: str = "") -> Input:
    choices = [(value, value or "any") for value in values]
    return Input(name, name, "select", chosen, told, choices=choices)
