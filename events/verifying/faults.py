"""One thing that is not as the services would have left it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with a code for programs; `version` is None for what is about none."""

    event_id: UUID | None
    version: int | None
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def of_version(event_id: UUID, version: int, code: str, says: str) -> Fault:
    return Fault(event_id, version, code, f"Version {version} of event {event_id}: {says}")


def of_event(event_id: UUID | None, code: str, says: str) -> Fault:
    return Fault(event_id, None, code, f"Event {event_id}: {says}")
