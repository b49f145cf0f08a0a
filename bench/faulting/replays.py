"""Whether an acknowledged request that is repeated with its key gets its first answer again."""

from collections.abc import Iterator

from ..replaying.client import bearer
from .journal import Journal, Outcome, Write
from .judging import Fault, Kind
from .report import Report
from .world import World

REPEATED = 40


def repeat_the_acknowledged(world: World, report: Report) -> None:
    """Call it before the rows are judged: a write that is done again then shows as doubled."""
    writes = keyed(report.journal)
    again = sum(write.replayed for write in writes)
    step = len(writes) // REPEATED + 1
    for write in writes[::step]:
        report.faults += faults_of_repetition(world, write)
    report.figures.append(
        f"{again:,} of {len(writes):,} acknowledged creates were answered as repetitions of an "
        f"unanswered request; {len(writes[::step]):,} were repeated afterwards; clients hung up on "
        f"{len(report.journal.hung_up):,} requests before their answer"
    )


def keyed(journal: Journal) -> list[Write]:
    return [write for write in journal.writes if write.ask.keyed and write.outcome == Outcome.DONE]


def faults_of_repetition(world: World, write: Write) -> Iterator[Fault]:
    headers = {**bearer(world.person_of(write.by).access), **write.ask.headers}
    response = world.api.http.post(write.ask.path, json=write.ask.body, headers=headers)
    shown = write.versions[0]
    same = (
        response.status_code == 201
        and response.headers.get("Idempotent-Replayed") == "true"
        and response.headers.get("X-Change-Set") == write.change_set
        and response.json()["id"] == shown.event
        and response.json()["version"] == shown.number
    )
    if not same:
        says = f"{write.marker}: repeated, it is not answered as the first time"
        yield Fault(Kind.DIFFERS, f"{says}: {response.status_code} {response.text[:200]}")
