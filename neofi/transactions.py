"""The one place where a write becomes a transaction."""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import BaseConstraint, UniqueConstraint
from psycopg.errors import ForeignKeyViolation

from neofi.problems import Conflict, invalid

P = ParamSpec("P")
R = TypeVar("R")


def service(function: Callable[P, R]) -> Callable[P, R]:
    """A write: all of it or nothing, and a constraint's refusal becomes the constraint's sentence.

    Raises ValidationError (400) or Conflict (409) for what the database refuses by a constraint of
    ours. Any other error of the database is a fault of ours, and stays one.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except IntegrityError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error

    return run


def refusal_of(error: IntegrityError) -> Exception | None:
    """What a constraint of ours says to the client; None for any other error."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if isinstance(cause, ForeignKeyViolation):
        return Conflict("Something that this refers to has just been deleted.", "reference_gone")
    constraint = _constraints().get(name)
    if constraint is None:
        return None
    # A constraint's code is the field that it is about, where there is one.
    code = "taken" if isinstance(constraint, UniqueConstraint) else "invalid"
    return invalid(constraint.violation_error_code, str(constraint.violation_error_message), code)


@cache
def _constraints() -> dict[str, BaseConstraint]:
    return {c.name: c for model in apps.get_models() for c in model._meta.constraints}
