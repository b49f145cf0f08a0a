"""Keyset pagination: a cursor names the last row seen, and the next page starts behind it.

DRF's own cursor counts rows that share a position, up to a thousand; a calendar has thousands of
all-day events that start at one instant. So a position here is a tuple that ends in a unique
column, compared as a row value, which PostgreSQL answers from an index on those columns.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.db import models
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from neofi.addresses import uri_of
from neofi.problems import invalid
from neofi.statements import Bound, Parameter, Statement

# Gives up to so many rows behind a position: `fetch(position, backward, limit)`.
Fetch = Callable[[Sequence | None, bool, int], list]

PARAMETERS = frozenset({"page_size", "cursor"})
MAX_CURSOR = 500


def instant(value: Any) -> datetime:
    """An aware datetime out of a cursor."""
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        raise ValueError("no offset")
    return parsed.astimezone(UTC)  # PostgreSQL knows fewer offsets than Python


def integer(value: Any) -> int:
    """An integer out of a cursor that a column of four bytes can be compared with."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError("no integer")
    return value


# What the values of a position are to the database.
FIELDS: dict[Callable, models.Field] = {
    UUID: models.UUIDField(),
    instant: models.DateTimeField(),
    integer: models.IntegerField(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an order: its path in the query, and how to get and read a row's value."""

    path: str
    get: Callable[[Any], Any]
    parse: Callable[[Any], Any] = UUID


@dataclass(frozen=True, slots=True)
class Keyset:
    """A total order: columns that all run one way, the last of them unique."""

    name: str
    columns: tuple[Column, ...]
    descending: bool = False

    def position(self, row: Any) -> tuple:
        return tuple(column.get(row) for column in self.columns)

    def slice(
        self, queryset: QuerySet, position: Sequence | None, backward: bool, limit: int
    ) -> QuerySet:
        """Up to `limit` rows behind `position` (before it, nearest first, if `backward`)."""
        down = self.descending != backward
        paths = [F(column.path) for column in self.columns]
        if position is not None:
            compare = TupleLessThan if down else TupleGreaterThan
            queryset = queryset.filter(compare(tuple(paths), tuple(position)))
        return queryset.order_by(*(p.desc() if down else p.asc() for p in paths))[:limit]


class Pages:
    """A queryset with Parameters, cut into pages by statements that are compiled once."""

    def __init__(self, queryset: QuerySet, keyset: Keyset):
        self._queryset, self._keyset = queryset, keyset
        self._statement = lru_cache(maxsize=64)(self._compiled)

    def page(self, position: Sequence | None, backward: bool, limit: int, **values: Any) -> Bound:
        """Up to `limit` rows behind a position, for these values of the queryset's parameters."""
        names = self._names() if position is not None else ()
        places = dict(zip(names, position or (), strict=True))
        return Bound(self._statement(position is not None, backward, limit), values | places)

    def fetcher(self, **values: Any) -> Fetch:
        """What fetches the rows for these values of the queryset's parameters."""
        return lambda *place: self.page(*place, **values).rows()

    def _compiled(self, behind: bool, backward: bool, limit: int) -> Statement:
        fields = [FIELDS[column.parse] for column in self._keyset.columns]
        position = [Parameter(*pair) for pair in zip(self._names(), fields, strict=True)]
        start = position if behind else None
        return Statement(self._keyset.slice(self._queryset, start, backward, limit))

    def _names(self) -> list[str]:
        return [f"position_{number}" for number in range(len(self._keyset.columns))]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts, and which way it is read."""

    position: tuple
    backward: bool

    def encode(self, keyset: Keyset) -> str:
        data = orjson.dumps([keyset.name, self.backward, *self.position], option=orjson.OPT_UTC_Z)
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, keyset: Keyset) -> "Cursor":
        """Raise a 400 for a cursor that is not one of ours, or is for another order."""
        try:
            if len(text) > MAX_CURSOR:
                raise ValueError("too long")
            padded = text + "=" * (-len(text) % 4)
            name, backward, *values = orjson.loads(base64.b64decode(padded, b"-_", validate=True))
            if name != keyset.name or type(backward) is not bool:
                raise ValueError("of another list")
            pairs = zip(keyset.columns, values, strict=True)
            return cls(tuple(column.parse(value) for column, value in pairs), backward)
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            message = "This is no cursor of this list. Follow `next` and `previous` as they come."
            raise invalid("cursor", message, "invalid_cursor") from error


class KeysetPagination(BasePagination):
    """`{"next", "previous", "results"}`; `page_size` 1 to 100.

    The view says its order through `get_keyset()`.
    """

    default_page_size = 20
    max_page_size = 100
    page_sizes = frozenset(map(str, range(1, max_page_size + 1)))

    def paginate_queryset(self, queryset, request, view=None):
        keyset = view.get_keyset()

        def fetch(position, backward, limit):
            return list(keyset.slice(queryset, position, backward, limit))

        return self.paginate(fetch, keyset, request)

    def paginate(self, fetch: Fetch, keyset: Keyset, request: Request) -> list:
        """One page of `fetch(position, backward, limit)`, and the links around it."""
        self.request, self.keyset = request, keyset
        position, backward, limit = self.place(keyset, request)
        rows = fetch(position, backward, limit)
        size = limit - 1
        more, page = len(rows) > size, rows[:size]
        if backward:
            page.reverse()
        # Behind us is what we came from; ahead, whatever the extra row tells.
        self.has_next = more if not backward else True
        self.has_previous = more if backward else position is not None
        self.page = page
        return page

    def place(self, keyset: Keyset, request: Request) -> tuple[Sequence | None, bool, int]:
        """What to fetch: behind which position, which way, and how many: one more than is shown."""
        size = self.page_size_of(request)
        cursor = self.cursor_of(request, keyset)
        if cursor is None:
            return None, False, size + 1
        return cursor.position, cursor.backward, size + 1

    def page_size_of(self, request: Request) -> int:
        given = request.query_params.get("page_size")
        if given is None:
            return self.default_page_size
        if given not in self.page_sizes:
            raise invalid("page_size", f"A page has 1 to {self.max_page_size} rows.")
        return int(given)

    def cursor_of(self, request: Request, keyset: Keyset) -> Cursor | None:
        given = request.query_params.get("cursor")
        return None if given is None else Cursor.decode(given, keyset)

    def get_paginated_response(self, data):
        return Response(
            {"next": self.next_link(), "previous": self.previous_link(), "results": data}
        )

    def next_link(self) -> str | None:
        return self._link(self.page[-1], backward=False) if self.page and self.has_next else None

    def previous_link(self) -> str | None:
        return self._link(self.page[0], backward=True) if self.page and self.has_previous else None

    def _link(self, row: Any, backward: bool) -> str:
        # A cursor is written in characters that stand for themselves in an address.
        return self._address + Cursor(self.keyset.position(row), backward).encode(self.keyset)

    @cached_property
    def _address(self) -> str:
        """Of this list, up to the value of `cursor`."""
        given = [pair for pair in self.request.query_params.lists() if pair[0] != "cursor"]
        query = urlencode([*given, ("cursor", "")], doseq=True)
        return f"{uri_of(self.request)}?{query}"

    def get_paginated_response_schema(self, schema):
        # The library fills its examples of pages with these.
        link = {"type": ["string", "null"], "format": "uri", "example": None}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view):
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        size["default"] = self.default_page_size
        return [
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Rows in a page.",
                "schema": size,
            },
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts: as `next` and `previous` carry it.",
                "schema": {"type": "string"},
            },
        ]
