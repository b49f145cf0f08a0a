"""All that a page shows of one answer."""

import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from django.template import loader
from rest_framework.permissions import SAFE_METHODS
from rest_framework.utils.breadcrumbs import get_breadcrumbs

from neofi.addresses import uri_of
from neofi.browsable.docs import description_of, page_method
from neofi.browsable.forms import Form, Forms, sent_form
from neofi.browsable.lists import filters_of

# Of more lines, the JSON is folded up, if there is something to read in its place.
SHORT = 60
LONGEST_IN_CURL = 2_000


@dataclass
class Page:
    """`content` is the answer as JSON, `view` and the rest whom it comes from."""

    view: Any
    request: Any
    response: Any
    content: bytes

    def context(self) -> dict[str, Any]:
        self.data = orjson.loads(self.content) if self.content else None
        problem = self.data if self.response.status_code >= 400 else None
        shown = self._shown(problem)
        role = getattr(getattr(self.view, "event", None), "role", None)
        return {
            "name": self.view.get_view_name(),
            "description": description_of(self.view, page_method(self.view)),
            "breadcrumbs": get_breadcrumbs(self.request.path),
            "address": self.request.path,
            "view": self.view,
            "user": self.request.user,
            "zone": getattr(self.request.user, "timezone", "UTC"),
            "role": role,
            "role_edits": role in ("editor", "owner"),
            "id": self.view.kwargs.get("id") if role else None,
            "method": self.request.method,
            "status": self.response.status_code,
            "status_text": self.response.reason_phrase,
            "headers": self._headers(),
            "content": self.content.decode(),
            "folded": bool(problem or shown)
            and self.content.count(b"\n") > (0 if problem else SHORT),
            "data": self.data,
            "problem": problem,
            "is_write": self.request.method not in SAFE_METHODS,
            "shown": shown,
            # Its page is there for the forms.
            "only_writes": self.response.status_code == 405 and self.request.method == "GET",
            "forms": self._forms(),
            "filters": self._filters(problem),
            "curl": self._curl(),
            "next": self._next(),
        }

    def _forms(self) -> list[Form]:
        rehearsed = "Dry-Run" in self.response
        status = self.response.status_code
        return Forms(self.view, self.request, status, self.data, again=rehearsed).all()

    def _headers(self) -> list[tuple[str, str]]:
        """As they come with JSON: the tag, too, names the form of what it is about."""
        own = dict(self.response.items()) | {"Content-Type": "application/json"}
        if "ETag" in own:
            own["ETag"] = own["ETag"].replace(".api", ".json")
        return sorted(own.items())

    def _shown(self, problem: Any) -> Any:
        """The template for what this is; none for what is best read as JSON."""
        if problem or not isinstance(self.data, dict) or self.request.method == "OPTIONS":
            return None
        name = self.request.resolver_match.url_name
        if "Dry-Run" in self.response:
            name = "dry-run"
        elif self.request.method not in SAFE_METHODS:
            name = "event-detail" if "capabilities" in self.data else "nothing"
        names = [f"rest_framework/shown/{name}.html", "rest_framework/shown/nothing.html"]
        return loader.select_template(names).template

    def _filters(self, problem: Any) -> list:
        if self.request.method not in SAFE_METHODS or self.response.status_code not in (200, 400):
            return []
        rows = (problem or {}).get("errors", [])
        errors = {row["field"]: [row["message"]] for row in rows}
        known = getattr(self.view, "known_parameters", None)
        return filters_of(self.view, self.request, errors) if known else []

    def _curl(self) -> str:
        """The same request for a program; `$token` is what a login answers as `access`."""
        method, body = self.request.method, self._body()
        if self.response.status_code == 405:
            method = page_method(self.view)
        given = self.request.query_params.lists()
        query = [(n, v) for n, values in given for v in values if v and n != "format"]
        address = uri_of(self.request) + (f"?{urlencode(query)}" if query else "")
        parts = ["curl", *([] if method in ("GET", "POST") else ["-X", method])]
        parts.append(shlex.quote(address))
        if self.view.authentication_classes:
            parts.append('-H "Authorization: Bearer $token"')
        if body or method == "POST":
            parts.append(f"--json {shlex.quote(body or '{}')}")
        return " ".join(parts)

    def _body(self) -> str:
        sent = sent_form(self.request)
        if sent is None or sent.refusal:
            return ""  # what came in another way is not shown again: it may be a password
        body = orjson.dumps(dict(sent)).decode()
        return body if len(body) <= LONGEST_IN_CURL else "@body.json"

    def _next(self) -> str:
        """Where to go from here, and come back to after signing in or out."""
        if self.request.method in SAFE_METHODS and self.response.status_code != 405:
            return self.request.get_full_path()
        if "GET" in self.view.allowed_methods and self.response.status_code != 204:
            return self.request.path
        crumbs = get_breadcrumbs(self.request.path)
        return crumbs[-2][1] if len(crumbs) > 1 else "/api/"
