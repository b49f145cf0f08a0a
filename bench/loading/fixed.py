"""What takes so long that in a given time only few would be done: here the work is given, and the
time is measured. So nothing is cut off that has cost something already."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from . import usage
from .measuring import Bench, Run, fault_of, watched
from .requests import Request
from .scenarios import LOGINS, is_login
from .targets import CREATOR, EVENTS, PEOPLE, Ours, content

BATCH_CLIENTS, BATCHES = 4, 2  # of each client
LOGINS_EACH = 8


@dataclass(frozen=True)
class Work:
    """Each client sends its requests, one after the other."""

    name: str
    clients: Sequence[Sequence[Request]]
    status: int
    right: Callable[[Any], bool]
    weight: int = 1  # how many things one request does


@dataclass
class Done:
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def batch(target: Ours, short: bool) -> Work:
    """Events, created a thousand at a time."""
    events = [content(number) for number in range(EVENTS)]
    request = target.request(CREATOR, "POST", "/api/events/batch", {"events": events})
    clients = [[request]] if short else [[request] * BATCHES] * BATCH_CLIENTS
    return Work("batch", clients, 201, lambda body: len(body["results"]) == EVENTS, EVENTS)


def login(target: Ours, short: bool) -> Work:
    times = 1 if short else LOGINS_EACH
    people = [number % PEOPLE for number in range(LOGINS)]
    return Work("login", [[target.login_request(p)] * times for p in people], 200, is_login)


WORKS = {"batch": batch, "login": login}


def measure_work(bench: Bench, target: Ours, work: Work) -> Run:
    done = Done()
    with (
        watched(target.server.pid, bench.postgres) as spent,
        ThreadPoolExecutor(len(work.clients)) as pool,
    ):
        url = target.server.url
        sent = [pool.submit(send_all, url, client, work, done) for client in work.clients]
        for client in sent:
            client.result()
    usage.settle(target.server.pid)
    count = work.weight * len(done.seconds)
    faults = done.faults if done.seconds else [*done.faults, "no answer at all"]
    return Run(
        work.name,
        target.name,
        rate=count / spent.lasted,
        count=count,
        longest=max(done.seconds, default=0) * 1000,
        faults=faults,
        **spent.per(count),
    )


def send_all(url: str, requests: Sequence[Request], work: Work, done: Done) -> None:
    with httpx.Client(base_url=url, timeout=120) as http:
        for request in requests:
            began = time.monotonic()
            try:
                answer = request.send(http)
            except httpx.TransportError as error:
                done.faults.append(f"no answer: {error!r}")
                continue
            done.seconds.append(time.monotonic() - began)
            if told := fault_of(answer, work.status, work.right):
                done.faults.append(told)
