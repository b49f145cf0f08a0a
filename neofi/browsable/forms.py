"""The forms of a page: what the caller may do at its address, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import exceptions, serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import is_form_media_type, override_method

from neofi.browsable.docs import description_of
from neofi.browsable.inputs import Filling, Input, written

PLAIN = {"line", "email", "password", "text", "time", "select", "lines"}


@dataclass
class Form:
    """One way to write: inputs, or a body as it is."""

    methods: list[str]
    action: str
    description: str
    inputs: list[Input] = field(default_factory=list)
    content: str | None = None
    content_errors: list[str] = field(default_factory=list)
    parameters: frozenset[str] = frozenset()
    # Of the answer on whose page it stands.
    status: int = 200
    is_answered: bool = False

    @property
    def method(self) -> str:
        return self.methods[0]

    @property
    def is_open(self) -> bool:
        """What was refused is there to be corrected; what only writes, to be sent."""
        return self.is_answered and self.method != "DELETE"

    @property
    def usual(self) -> list[Input]:
        return [one for one in self.inputs if not one.is_rare]

    @property
    def rare(self) -> list[Input]:
        return [one for one in self.inputs if one.is_rare]

    @property
    def has_dry_run(self) -> bool:
        return "dry_run" in self.parameters

    @property
    def can_purge(self) -> bool:
        return "purge" in self.parameters

    @property
    def can_resolve(self) -> bool:
        return self.status == 409 and "resolve" in self.parameters


@dataclass
class Forms:
    """Makes the forms for one answer: `data` is what it says, or the problem that it tells."""

    view: Any
    request: Any
    status: int
    data: Any
    # A dry run: what was sent stands there once more, to be sent for real.
    again: bool = False

    def all(self) -> list[Form]:
        return [form for methods in self._groups() for form in self._of(methods)]

    def _groups(self) -> Iterator[list[str]]:
        """The methods to offer, those that share a form together; of a refused write, that one."""
        safe = self.request.method in SAFE_METHODS
        if self.status in (401, 403, 404) or not (safe or self.again or self.status >= 400):
            return
        allowed = [method for method in ("POST", "PATCH", "PUT", "DELETE") if self._may(method)]
        if not safe and self.request.method in allowed:
            yield [self.request.method]
            return
        changing = [method for method in allowed if method in ("PATCH", "PUT")]
        yield from (group for group in (["POST"], changing, ["DELETE"]) if {*group} & {*allowed})

    def _may(self, method: str) -> bool:
        """Whether the caller could send that method, and a form could."""
        if method not in self.view.allowed_methods or not takes_forms(self.view, self.request):
            return False
        with override_method(self.view, self.request, method) as request:
            try:
                self.view.check_permissions(request)
                event = getattr(self.view, "event", None)
                if event is None:
                    self.view.find()
                else:
                    self.view.check_object_permissions(request, event)
            except exceptions.APIException:
                return False
        return True

    def _of(self, methods: list[str]) -> Iterator[Form]:
        with override_method(self.view, self.request, methods[0]):
            serializer = self.view.get_serializer_class()()
            about = {
                "action": self.request.path,
                "description": description_of(self.view, methods[0]),
                "parameters": frozenset(self._parameters()),
                "status": self.status,
                "is_answered": self.again or self.status == 405 or self._is_refused(),
            }
        if not isinstance(serializer, serializers.Serializer):
            return
        typed, errors = self._typed(), self._errors()
        raw = typed is not None and "_content" in typed
        filling = Filling(
            self._current(methods),
            None if raw else typed,
            errors,
            self._zone(),
            partial=methods[0] == "PATCH",
        )
        inputs = list(filling.inputs(serializer))
        if any(one.widget in PLAIN for one in inputs) and not raw:
            yield Form(methods[:1], inputs=inputs, **about)
        if raw or (typed is None and methods != ["DELETE"] and len(inputs) > 1):
            content = typed["_content"] if raw else written(self._body(serializer, filling))
            told = [f"{name or 'body'}: {text}" for name in errors for text in errors[name]]
            yield Form(methods, content=content, content_errors=told if raw else [], **about)

    def _parameters(self) -> frozenset[str]:
        return self.view.known_parameters()[0]

    def _current(self, methods: list[str]) -> Mapping[str, Any] | None:
        """What there is to be changed, if that is what the page shows."""
        shows = self.status == 200 and isinstance(self.data, dict)
        return self.data if shows and not self.again and {"PATCH", "PUT"} & set(methods) else None

    def _typed(self) -> Mapping[str, str] | None:
        return getattr(sent_form(self.request), "typed", None)

    def _is_refused(self) -> bool:
        return self.request.method not in SAFE_METHODS and self.status >= 400

    def _errors(self) -> dict[str, list[str]]:
        """What is to be corrected, by the field at the head of its path; "" for the whole body."""
        if not self._is_refused():
            return {}
        found: dict[str, list[str]] = {}
        for row in self.data.get("errors") or [{"field": None, "message": self.data["detail"]}]:
            head, _, rest = (row["field"] or "").partition(".")
            text = f"{rest}: {row['message']}" if rest else row["message"]
            found.setdefault(head, []).append(text)
        return found

    def _zone(self) -> str:
        shown = self.data.get("timezone") if isinstance(self.data, dict) else None
        typed = (self._typed() or {}).get("timezone") or (self._typed() or {}).get("timezone?")
        return shown or typed or getattr(self.request.user, "timezone", "UTC")

    def _body(self, serializer: serializers.Serializer, filling: Filling) -> dict[str, Any]:
        """A body to start from: what is there now, or what is needed, with nothing to remove."""
        if filling.current is not None:
            return {
                name: filling.current[name] for name in serializer.fields if name in filling.current
            }
        return serializer.get_initial() or _first_list(serializer)


def _first_list(serializer: serializers.Serializer) -> dict[str, Any]:
    lists = serializer.fields.items()
    lists = ((n, f) for n, f in lists if isinstance(f, serializers.ListSerializer))
    return {name: [of.child.get_initial()] for name, of in [next(lists, (None, None))] if name}


def sent_form(request: Any) -> Any:
    """What came from a form of such a page (neofi.parsers.PageForm), or None."""
    if request.method in SAFE_METHODS:
        return None
    try:
        return request.data if hasattr(request.data, "typed") else None
    except exceptions.APIException:  # what it refuses, it refuses each time it is asked
        return None


def takes_forms(view: Any, request: Any) -> bool:
    """Forms come with the session of the pages; where nobody signs in, whoever sends them."""
    if not any(is_form_media_type(parser.media_type) for parser in view.parser_classes):
        return False
    if not view.authentication_classes:
        return True
    return isinstance(request.successful_authenticator, SessionAuthentication)
