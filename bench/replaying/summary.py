"""What a run did and found, for people."""

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
    complete: bool = False


def summary_of(report: Report, api: Api) -> str:
    return "\n".join([*what_was_done(report), *what_it_took(report, api), *what_differs(report)])


def what_was_done(report: Report) -> list[str]:
    steps, stories = report.plan.steps, report.plan.stories.values()
    creates = [step for step in steps if isinstance(step, Create)]
    updates = sum(isinstance(step, Update) for step in steps)
    deletes = sum(isinstance(step, Delete) for step in steps)
    shares = sum(isinstance(step, Share) for step in steps)
    changed = sum(version.action == "updated" for story in stories for version in story.versions)
    versions = sum(len(story.versions) for story in stories)
    return [
        row("editors", f"{len(report.plan.editors):,}"),
        row("conferences", f"{len(stories):,}, {deletes:,} of them in the trash"),
        row("creates", f"{len(stories):,} in {len(creates):,} requests"),
        row("updates", f"{updates:,}, {updates - changed:,} of them changed nothing"),
        row("deletes", f"{deletes:,}"),
        row("shares", f"{shares:,}"),
        # The version that a delete makes is in the trash, where only its number can be seen.
        row("versions", f"{versions:,}, {versions - deletes:,} of them read back"),
        row("rollbacks", f"{report.rollbacks:,}"),
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
