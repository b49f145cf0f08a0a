"""Compare and swap: many clients count upwards on one event, each with If-Match."""

import threading
import time

from ..client import Client
from ..journal import ONE_VERSION, Ask
from ..judging import Fault, Kind
from ..load import Load
from ..report import Report
from ..verdict import conclude
from ..world import World

CLIENTS = 32


def run(world: World, long: bool) -> Report:
    report = Report("cas", CLIENTS)
    world.keep_signed_in()
    (event,) = world.make_shared_events("Counter", 1)
    path, stopping = f"/api/events/{event}", threading.Event()
    began = time.monotonic()
    with Load(
        [lambda client=client: count_up(client, path) for client in world.clients(report)], stopping
    ):
        time.sleep(60 if long else 6)
    report.seconds = time.monotonic() - began
    conclude(world, report, [event])
    report.faults += faults_of_count(world, report, path)
    return report


def count_up(client: Client, path: str) -> None:
    seen = client.read(path)
    if seen is None or not seen.is_success:
        return
    marker = client.marker()
    number = seen.json()["metadata"].get("n", 0) + 1
    body = {"metadata": {"n": number}, "note": marker}
    headers = {"If-Match": seen.headers["ETag"]}
    client.write(marker, Ask("count", "PATCH", path, body, ONE_VERSION, headers=headers))


def faults_of_count(world: World, report: Report, path: str) -> list[Fault]:
    event = world.api.call(world.people[0], "event", "GET", path)
    accepted = sum(a.kind == "count" and a.status == 200 for a in report.journal.answers)
    refused = sum(answer.status == 412 for answer in report.journal.answers)
    report.figures.append(
        f"the counter stands at {event['metadata'].get('n', 0):,} after {accepted:,} accepted "
        f"increments (version {event['version']:,}); {refused:,} were refused with 412"
    )
    if accepted and event["metadata"]["n"] == accepted == event["version"] - 1:
        return []
    return [Fault(Kind.LOST, report.figures[-1])]
