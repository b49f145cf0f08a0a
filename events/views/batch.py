"""Many writes at once."""

from typing import ClassVar

from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from events.models import Event
from events.serializers.batch import BatchSerializer
from events.serializers.events import EventRowSerializer
from events.services.batch import Item, Op, Operation, Result, run_batch
from events.views import docs
from events.views.base import RESOLVE, EventScopedViewSet
from neofi.problems import Conflict, body_of


@docs.batch
class BatchViewSet(EventScopedViewSet):
    """Up to 1,000 writes in one request: `events` to create, or `operations`."""

    serializer_class = BatchSerializer
    parameters: ClassVar = {"create": RESOLVE}
    many_results = True

    def create(self, request):
        """Write many events at once. Give `events` to create, or `operations`, each a `create`, an
        `update` or a `delete`. With `atomic` it is all or nothing; without, the answer says of each
        item what became of it.
        """
        given = self.validated()
        items, atomic = given["items"], given["atomic"]
        results = run_batch(by=request.user, items=items, named=given["named"], atomic=atomic)
        pairs = list(zip(items, results, strict=True))
        if atomic:
            rows = [self.row(item, event) for item, event in pairs]
            created = any(item.op == Op.CREATE for item in items)
            code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        else:
            rows = [self.alone(item, one) for item, one in pairs]
            code = status.HTTP_207_MULTI_STATUS
        self.clashes = {item.event_id for item, one in pairs if isinstance(one, Conflict)}
        return self.tell(Response({"results": rows}, status=code), *results)

    def told_of(self):
        # What clashed is shown in the refusal.
        return super().told_of() | self.clashes

    def row(self, item: Operation, event: Event) -> dict | None:
        """What became of the event; None once it is deleted."""
        if item.op == Op.DELETE:
            return None
        return EventRowSerializer.represented(event)

    def alone(self, item: Item, result: Result) -> dict:
        """What this item would have been answered, had it come alone."""
        if isinstance(result, APIException):
            return {"status": int(result.status_code), "error": body_of(result)}
        statuses = {Op.CREATE: 201, Op.UPDATE: 200, Op.DELETE: 204}
        return {"status": statuses[item.op], "event": self.row(item, result)}
