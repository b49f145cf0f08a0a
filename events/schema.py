"""What the OpenAPI document says of every write of events: dry runs, and keys to repeat it by.

Derived from what the view is, as refusals are (neofi.schema), so that no view can forget it.
"""

from drf_spectacular.plumbing import build_array_type, build_object_type
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS

from events import examples
from events.serializers.dry_runs import DryRunSerializer
from events.services.idempotency import InFlight
from neofi.schema import ProblemAutoSchema, header, problem, refusal

DRY_RUN = OpenApiParameter(
    "dry_run",
    bool,
    default=False,
    description="Tell what would happen, and write nothing. What would be refused is refused the "
    "same way.",
)
DRY_RUN_HEADER = header("Dry-Run", "`true`: nothing was written.", response=[200])
KEY = header(
    "Idempotency-Key",
    "Your own name for this write, 1 to 255 visible ASCII characters. The same request with the "
    "same key within 24 hours gets the first answer again.",
)
REPLAYED = header(
    "Idempotent-Replayed",
    "`true`: this is the first answer, given again.",
    response=[200, 201, 204, 207],
)
CLASH = refusal(
    "The request clashes with how things are.",
    problem("In flight", 409, InFlight.default_code, InFlight.default_detail),
)
REUSED = refusal(
    "The `Idempotency-Key` came with another request before.",
    problem(
        "A key used again",
        422,
        "idempotency_key_reused",
        "This Idempotency-Key came with another request before. Use a new one for each.",
    ),
)


class WriteAutoSchema(ProblemAutoSchema):
    """Adds to each write of a view what WriteMixin adds to it."""

    known_refusals = ProblemAutoSchema.known_refusals | {409: CLASH, 422: REUSED}

    def get_override_parameters(self):
        parameters = super().get_override_parameters()
        if self.method in SAFE_METHODS:
            return parameters
        keys = [KEY, REPLAYED] if self.method == "POST" else []
        return [*parameters, DRY_RUN, DRY_RUN_HEADER, *keys]

    def refusals(self):
        return super().refusals() | ({409, 422} if self.method == "POST" else set())

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        if self.method in SAFE_METHODS:
            return bodies
        told = self._get_response_for_code(DryRunSerializer, "200")
        for form in told["content"].values():
            example = examples.DRY_RUN
            if self.view.many_results:
                results = {"results": build_array_type(form["schema"])}
                form["schema"] = build_object_type(results, required=["results"])
                example = {"results": [example]}
            form["examples"] = {"ADryRun": {"value": example, "summary": "A dry run"}}
        bodies["200"] = _either(bodies.get("200") or _empty(told), told)
        return dict(sorted(bodies.items()))


def _empty(told: dict) -> dict:
    return {"description": "A dry run.", "headers": told.get("headers", {})}


def _either(usual: dict, told: dict) -> dict:
    """The usual answer of a 200, or what a dry run tells."""
    content = usual.setdefault("content", {})
    for media_type, form in told["content"].items():
        there = content.get(media_type)
        schema = {"anyOf": [there["schema"], form["schema"]]} if there else form["schema"]
        shown = form["examples"] | (there or {}).get("examples", {})
        content[media_type] = {"schema": schema, "examples": shown}
    return usual
