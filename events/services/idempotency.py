"""A POST that may be repeated: its first answer is remembered, and given again.

The answer is written in the transaction that did what it says, so a crash leaves both or neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.models import User
from events.models import Event, RememberedAnswer
from neofi.problems import Conflict, UnprocessableContent
from neofi.renderers import JSONRenderer
from neofi.rows import remove_in_chunks
from neofi.transactions import service

KEPT_FOR = timedelta(hours=24)


class InFlight(Conflict):
    default_code = "idempotency_in_flight"
    default_detail = "A request with this Idempotency-Key is still being answered."
    wait = 1  # seconds, for Retry-After


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view answers: `data` as it goes to a renderer, None for an empty body.

    `event_ids` are the events that it tells of: whoever cannot see them any more is not told again,
    and what tells of a purged one is forgotten.
    """

    status: int
    data: Any
    headers: dict[str, str]
    event_ids: frozenset[UUID] = frozenset()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with an Idempotency-Key. The key belongs to its user, method and path."""

    key: str
    user: User
    method: str
    path: str
    query: str
    body: bytes

    @property
    def scope(self) -> str:
        return _digest(str(self.user.pk), self.method, self.path, self.key)

    @property
    def fingerprint(self) -> str:
        return _digest(self.scope, self.query, self.body)


def _digest(*parts: str | bytes) -> str:
    """One hash for all parts, each behind its length, so that none runs into the next."""
    found = sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


def find_answer(request: KeyedRequest) -> Answer | None:
    """The first answer, if this very request has one that its user may still see."""
    kept = RememberedAnswer.objects.filter(pk=request.scope).first()
    same = kept and _is_fresh(kept) and kept.fingerprint == request.fingerprint
    return _again(kept) if same and _is_visible(kept, request.user) else None


@service
def answer_once(request: KeyedRequest, act: Callable[[], Answer]) -> Answer:
    """What `act` answers, the first time; afterwards the same again, without acting.

    Only a success is remembered: what raises leaves nothing behind. Raises Conflict while the first
    request is still being answered, UnprocessableContent if the key came with another request,
    NotFound if the user has lost access to what the first answer tells of.
    """
    if not _try_to_lock(request.scope):
        raise InFlight
    kept = RememberedAnswer.objects.filter(pk=request.scope).first()
    if kept and _is_fresh(kept):
        return _replay(kept, request)
    answer = act()
    _remember(request, answer)
    return answer


def _try_to_lock(scope: str) -> bool:
    """Hold the key until the transaction ends; False if another one does."""
    number = int(scope[:16], 16) - 2**63
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]


def _replay(kept: RememberedAnswer, request: KeyedRequest) -> Answer:
    if kept.fingerprint != request.fingerprint:
        raise UnprocessableContent(
            "This Idempotency-Key came with another request before. Use a new one for each.",
            "idempotency_key_reused",
        )
    if not _is_visible(kept, request.user):
        raise NotFound
    return _again(kept)


def _is_fresh(kept: RememberedAnswer) -> bool:
    return kept.created_at > timezone.now() - KEPT_FOR


def _is_visible(kept: RememberedAnswer, user: User) -> bool:
    """Whether the user still has access to all that is told of, in the trash too."""
    seen = Event.objects.visible_or_in_trash_to(user).filter(pk__in=kept.event_ids)
    return seen.count() == len(kept.event_ids)


def _again(kept: RememberedAnswer) -> Answer:
    data = None if kept.body is None else orjson.loads(kept.body)
    return Answer(kept.status, data, kept.headers, replayed=True)


def _remember(request: KeyedRequest, answer: Answer) -> None:
    body = None if answer.data is None else JSONRenderer().render(answer.data).decode()
    RememberedAnswer.objects.bulk_create(
        [
            RememberedAnswer(
                scope=request.scope,
                user=request.user,
                fingerprint=request.fingerprint,
                status=answer.status,
                headers=answer.headers,
                body=body,
                event_ids=list(answer.event_ids),
                created_at=timezone.now(),
            )
        ],
        # In the place of one that has expired.
        update_conflicts=True,
        unique_fields=["scope"],
        update_fields=["fingerprint", "status", "headers", "body", "event_ids", "created_at"],
    )


def forget_event(event_id: UUID) -> None:
    """What tells of a purged event is told no more."""
    RememberedAnswer.objects.filter(event_ids__contains=[event_id]).delete()


def remove_expired() -> int:
    """Delete the answers that are too old to be given again, and count them."""
    expired = RememberedAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    return remove_in_chunks(expired)
