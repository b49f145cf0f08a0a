"""What an address is for, in the words of the docstrings."""

from typing import Any

from rest_framework.utils.formatting import dedent


def description_of(view: Any, method: str) -> str:
    """Of the handler of that method; of the view, where the handler says nothing."""
    actions = getattr(view, "action_map", {})
    name = actions.get(method.lower(), method.lower())
    # Of the class: the instance may have wrapped its handler.
    handler = getattr(type(view), name, None)
    return dedent(getattr(handler, "__doc__", None) or type(view).__doc__ or "")


def page_method(view: Any) -> str:
    """The method that an address is there for."""
    return "GET" if "GET" in view.allowed_methods else next(iter(view.allowed_methods), "GET")
