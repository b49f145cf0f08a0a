"""What a run did and found, for people."""

from collections import Counter
from dataclasses import dataclass, field

from .client import Api
from .plan import Create, Delete, Plan, Share, Update

LISTED = 20


@dataclass
class Report:
    plan: Plan
    differences: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    rollbacks: int = 0
    clients: int = 1
    rushes: int = 0
    tally: Counter[str] = field(default_factory=Counter)  # of many clients alone
    complete: bool = False


def summary_of(report: Report, api: Api) -> str:
    return "\n".join([*what_was_done(report), *what_it_took(report, api), *what_differs(report)])


def what_was_done(report: Report) -> list[str]:
    steps, stories = report.plan.steps, report.plan.stories.values()
    creates = [step for step in steps if isinstance(step, Create)]
    updates = sum(isinstance(step, Update) for step in steps)
    deletes = sum(isinstance(step, Delete) for step in steps)
    shares = sum(isinstance(step, Share) for step in steps)
    versions = sum(len(story.versions) for story in stories)
    return [
        row("editors", f"{len(report.plan.editors):,}"),
        row("conferences", f"{len(stories):,}, {deletes:,} of them in the trash"),
        row("creates", f"{len(stories):,} in {len(creates):,} requests"),
        *(updates_at_once if report.clients > 1 else updates_in_order)(report, updates),
        row("deletes", f"{deletes:,}"),
        row("shares", f"{shares:,}"),
        # The version that a delete makes is in the trash, where only its number can be seen.
        row("versions", f"{versions:,}, {versions - deletes:,} of them read back"),
        row("rollbacks", f"{report.rollbacks:,}"),
    ]


def updates_in_order(report: Report, updates: int) -> list[str]:
    versions = [version for story in report.plan.stories.values() for version in story.versions]
    changed = sum(version.action == "updated" for version in versions)
    return [row("updates", f"{updates:,}, {updates - changed:,} of them changed nothing")]


def updates_at_once(report: Report, updates: int) -> list[str]:
    tally, in_rushes = report.tally, report.rushes * report.clients
    return [
        row("clients", f"{report.clients:,} at once"),
        row(
            "updates",
            f"{updates:,}, and {in_rushes:,} more in {report.rushes:,} rushes; "
            f"{tally['changed nothing']:,} changed nothing",
        ),
        row("merged", f"{tally['merged']:,} of the {tally['written']:,} that made a version"),
        row(
            "conflicts",
            f"{tally['conflicts']:,}, {tally['settled as mine']:,} settled as mine, "
            f"{tally['settled as theirs']:,} as theirs; {tally['put right']:,} put right after",
        ),
    ]


def what_it_took(report: Report, api: Api) -> list[str]:
    requests, seconds = api.requests.total(), sum(report.seconds.values())
    phases = ", ".join(f"{name} {took:.1f} s" for name, took in report.seconds.items())
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in api.requests.most_common())
    lines = [
        row("time", f"{seconds:.1f} s ({phases})"),
        row("requests", f"{requests:,}, {requests / max(seconds, 0.001):,.0f} a second"),
        row("by kind", kinds),
    ]
    if api.waits:
        lines.append(row("throttled", f"{api.waits:,} times"))
    return lines


def what_differs(report: Report) -> list[str]:
    count = len(report.differences)
    lines = [row("differences", f"{count:,}" if count else "none")]
    lines += [f"  {difference}" for difference in report.differences[:LISTED]]
    if count > LISTED:
        lines.append(f"  and {count - LISTED:,} more")
    if not report.complete:
        lines.append("The run ended early: the numbers above are what it set out to do.")
    return lines


def row(name: str, value: str) -> str:
    return f"{name:<12} {value}"
