"""Query parameters: known ones only, and each once unless it may repeat."""

from collections.abc import Collection

from rest_framework.request import Request
from rest_framework.serializers import ErrorDetail, ValidationError

ALWAYS_KNOWN = frozenset({"format"})


def check_parameters(
    request: Request, known: Collection[str], repeatable: Collection[str] = ()
) -> None:
    """Raise a 400 that names each parameter which is unknown or given twice."""
    errors = {}
    for name, values in request.query_params.lists():
        if name not in known and name not in ALWAYS_KNOWN:
            errors[name] = [ErrorDetail("There is no such parameter.", "unknown_parameter")]
        elif len(values) > 1 and name not in repeatable:
            errors[name] = [ErrorDetail("Give this parameter once.", "repeated_parameter")]
    if errors:
        raise ValidationError(errors)
