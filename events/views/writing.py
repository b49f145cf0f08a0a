"""How a write is done: for real, once only (`Idempotency-Key`), or for show (`?dry_run=true`).

Mixed into the views whose writes are of events or of their access. The handler is the same in all
three; what differs is the transaction around it.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import RawPostDataException
from rest_framework.exceptions import APIException, ParseError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from events import dry_runs
from events.dry_runs import Report
from events.models import Event
from events.serializers.dry_runs import DryRunSerializer
from events.services.idempotency import Answer, KeyedRequest, answer_once, find_answer
from neofi.conditional import in_form
from neofi.problems import body_of, invalid
from neofi.transactions import service

DRY_RUN = frozenset({"dry_run"})
REMEMBERED_HEADERS = ("Location", "ETag", "X-Change-Set")
SANE_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class WriteMixin:
    """Wraps the handlers of a view's writes; `many_results` says that an answer has `results`."""

    many_results = False
    # The one that the path names, if it does: a row of events.reading.
    event: Any = None
    # What the handler has written about: events, grants, and refusals of single items.
    concerned: Sequence[Any] = ()
    # The first answer to a request that is repeated.
    first_answer: Answer | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = request.method.lower()
        if request.method in SAFE_METHODS or not hasattr(self, method):
            return
        handler = getattr(self, method)
        if self.first_answer:
            setattr(self, method, self.answer_again)
        elif self.is_dry_run():
            setattr(self, method, partial(self.rehearse, handler))
        elif self.has_key():
            setattr(self, method, partial(self.do_once, handler))

    def is_answered(self) -> bool:
        """Before anything is looked up: it may be in the trash since, by this very request."""
        if self.has_key() and "dry_run" not in self.request.query_params:
            with suppress(ParseError):
                self.first_answer = find_answer(self.keyed_request(self.request))
        return self.first_answer is not None

    def has_key(self) -> bool:
        return self.request.method == "POST" and "HTTP_IDEMPOTENCY_KEY" in self.request.META

    def answer_again(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.response_of(self.first_answer)

    def write_parameters(self) -> frozenset[str]:
        """The query parameters that every write knows."""
        return frozenset() if self.request.method in SAFE_METHODS else DRY_RUN

    def is_dry_run(self) -> bool:
        given = self.request.query_params.get("dry_run", "false")
        if given not in ("true", "false"):
            raise invalid("dry_run", "This must be true or false.")
        return given == "true"

    def do_once(self, handler, request: Request, *args: Any, **kwargs: Any) -> Response:
        def act() -> Answer:
            response = handler(request, *args, **kwargs)
            kept = {name: response[name] for name in REMEMBERED_HEADERS if name in response}
            return Answer(response.status_code, response.data, kept, self.told_of())

        return self.response_of(answer_once(self.keyed_request(request), act))

    def keyed_request(self, request: Request) -> KeyedRequest:
        key = request.META["HTTP_IDEMPOTENCY_KEY"]
        if not SANE_KEY.fullmatch(key):
            raise ParseError("An Idempotency-Key has 1 to 255 visible ASCII characters, no spaces.")
        try:
            body = request._request.body
        except RawPostDataException as error:  # a browser's form, whose token has been looked for
            raise ParseError("An Idempotency-Key goes with JSON or MessagePack.") from error
        return KeyedRequest(
            key=key,
            user=request.user,
            method=request.method,
            path=request.path,
            query=request.META.get("QUERY_STRING", ""),
            body=body,
        )

    def told_of(self) -> frozenset[UUID]:
        """The events that the answer tells of."""
        ids = {
            dry_runs.event_id_of(one) for one in self.concerned if not isinstance(one, APIException)
        }
        return frozenset(ids | ({self.event.id} if self.event else set()))

    def response_of(self, answer: Answer) -> Response:
        headers = dict(answer.headers)
        if "ETag" in headers:
            headers["ETag"] = in_form(headers["ETag"], self.request.accepted_renderer.format)
        if answer.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(answer.data, status=answer.status, headers=headers)

    @service
    def rehearse(self, handler, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Act, see what the database says to all of it, tell what came of it, and take it back."""
        told = dry_runs.people_of([self.event.id], but=request.user) if self.event else {}
        response = handler(request, *args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rows = [self.dry_result(one) for one in self.reports(response, told)]
        transaction.set_rollback(True)
        data = {"results": rows} if self.many_results else rows[0]
        return Response(data, headers={"Dry-Run": "true"})

    def reports(self, response: Response, told: dict) -> list[Report | APIException]:
        concerned = self.concerned if self.many_results else self.concerned[:1]
        change_set = response.get("X-Change-Set")
        return dry_runs.reports(
            concerned or [Event(pk=self.event.id)],
            change_set=change_set and UUID(change_set),
            by=self.request.user,
            told=told,
        )

    def dry_result(self, one: Report | APIException) -> dict:
        if isinstance(one, APIException):
            return {"status": int(one.status_code), "error": body_of(one)}
        # A plain dict: the page for people would ask what may be done to the serializer's instance.
        return dict(DryRunSerializer(one, context=self.get_serializer_context()).data)
