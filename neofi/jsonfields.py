"""JSON columns whose numbers are read back as they were written."""

import orjson
from django.db import models
from psycopg.types.json import Jsonb


class ExactJSONField(models.JSONField):
    """A JSONField that goes through orjson both ways.

    `jsonb` keeps 1e30 as thirty digits, which the standard library reads as an integer that no
    JSON writer of 64 bits can write again; orjson reads it as the float that it was.
    """

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, dict):
            return Jsonb(value, dumps=orjson.dumps)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value, expression, connection):
        return orjson.loads(value) if isinstance(value, str) else value
