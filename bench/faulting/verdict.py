"""The end of every scenario: the database, the API and the product's own check, all asked."""

from collections.abc import Collection, Iterator

import psycopg

from ..replaying.client import UnexpectedAnswer, promised_form
from .answers import Outage, faults_in
from .database import broken_laws, read_rows, settle
from .judging import Fault, Kind, judge
from .report import Report
from .world import World

HISTORY = """
    SELECT version, change_set::text, history_change_reason, action
    FROM events_historicalevent WHERE id = %s ORDER BY version DESC
"""
OWNER = """
    SELECT owner.user_id::text FROM events_grant owner JOIN events_event event
        ON event.id = owner.event_id AND event.deleted_at IS NULL
    WHERE owner.event_id = %s AND owner.role = 'owner'
"""


def conclude(
    world: World,
    report: Report,
    events: Collection[str] = (),
    *,
    outages: Collection[Outage] = (),
    may_break: bool = False,
) -> None:
    """Add all that is wrong to the report. The history of `events` is read through the API too."""
    world.keep_signed_in()
    report.faults += faults_in(report.journal.answers, outages=outages, may_break=may_break)
    with world.postgres.connect(autocommit=True) as connection:
        settle(connection)
        report.faults += judge(report.journal.writes, read_rows(connection, report.prefix))
        report.faults += broken_laws(connection)
        for event in events:
            report.faults += faults_of_history(world, connection, event)
    report.faults += faults_of_check(world)


def faults_of_history(world: World, connection: psycopg.Connection, event: str) -> Iterator[Fault]:
    """Whether the API tells the history that the database has, page by page."""
    found = connection.execute(OWNER, [event]).fetchone()
    if found is None:
        return  # in the trash, out of the API's reach
    person = world.person_of(found[0])
    try:
        with promised_form():
            told = [
                (row["version"], row["change_set"], row["note"], row["action"])
                for row in world.api.pages(person, "history", f"/api/events/{event}/history")
            ]
    except UnexpectedAnswer as error:
        yield Fault(Kind.BROKEN, f"the history of {event} cannot be read: {error}")
        return
    if told != connection.execute(HISTORY, [event]).fetchall():
        yield Fault(Kind.BROKEN, f"the API tells another history of {event} than is there.")


def faults_of_check(world: World) -> Iterator[Fault]:
    done = world.server.manage("check_history", "--verbosity", "0")
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:]
        yield Fault(Kind.BROKEN, f"manage.py check_history ended with {done.returncode}: {said}")
