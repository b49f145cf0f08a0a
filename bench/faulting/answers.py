"""Which answers a client may get at all. Pure: answers in, faults out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .journal import Answer
from .judging import Fault, Kind

ALLOWED = frozenset({304, 403, 404, 409, 412})
# Kinds of requests that may be invalid by what others did meanwhile.
MAY_BE_INVALID = frozenset({"batch"})
PATIENCE = 10  # seconds


@dataclass(frozen=True, slots=True)
class Outage:
    """From when to when something that the server stands on was away."""

    began: float
    ended: float

    def touches(self, answer: Answer) -> bool:
        return answer.began <= self.ended and answer.ended >= self.began


def faults_in(
    answers: Sequence[Answer],
    *,
    outages: Collection[Outage] = (),
    may_break: bool = False,
    patience: float = PATIENCE,
) -> Iterator[Fault]:
    """`may_break` is for scenarios that kill what the client is connected to."""
    for answer in answers:
        complaint = complaint_about(answer, outages, may_break)
        if complaint is None and answer.seconds > patience:
            complaint = f"took {answer.seconds:.1f} s"
        if complaint:
            text = answer.text[:300]
            yield Fault(Kind.ANSWER, f"{answer.kind}: {answer.status} {complaint} {text}".rstrip())


def complaint_about(answer: Answer, outages: Collection[Outage], may_break: bool) -> str | None:
    status = answer.status
    if 200 <= status < 300 or status in ALLOWED:
        return None
    if status == 0:
        return None if may_break else "no answer came:"
    if status == 400 and answer.kind in MAY_BE_INVALID:
        return None
    if status == 503:
        if not any(outage.touches(answer) for outage in outages):
            return f"{answer.code}, and nothing was away."
        return complaint_about_refusal(answer)
    return "must not be."


def complaint_about_refusal(answer: Answer) -> str | None:
    """A 503 is a problem that says which, and when to come again."""
    if not answer.problem or not answer.code:
        return "is no problem body with a code."
    if not answer.retry_after.isdecimal() or int(answer.retry_after) < 1:
        return "does not say when to try again (Retry-After)."
    return None
