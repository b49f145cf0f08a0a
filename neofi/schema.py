"""What every operation in the OpenAPI document has in common."""

from drf_spectacular.openapi import AutoSchema


class ProblemAutoSchema(AutoSchema):
    """To be extended below with problem bodies and headers."""
