"""What becomes of one conference, as it is planned or as the server's answers tell it."""

from dataclasses import dataclass, field

from .mapping import Content


@dataclass(frozen=True)
class Told:
    """What only the answer to a write can say about it; None where nobody looked."""

    change_set: str | None = None
    merged_from: int | None = None
    etag: str | None = None


NOT_TOLD = Told()


@dataclass(frozen=True)
class Version:
    action: str
    by: str
    content: Content
    told: Told = NOT_TOLD


@dataclass(frozen=True)
class LogRow:
    """A row of the changelog: of a version, or (`version` None) of a share with `shared_with`."""

    action: str
    by: str
    version: int | None
    shared_with: str | None = None
    told: Told = NOT_TOLD


@dataclass
class Story:
    """All that becomes of one conference: its versions and its changelog, oldest first."""

    number: int
    owner: str
    versions: list[Version] = field(default_factory=list)
    log: list[LogRow] = field(default_factory=list)

    @property
    def content(self) -> Content:
        return self.versions[-1].content

    @property
    def deleted(self) -> bool:
        return self.versions[-1].action == "deleted"

    @property
    def editors(self) -> list[str]:
        return [row.shared_with for row in self.log if row.shared_with]

    def add_version(self, action: str, by: str, content: Content, told: Told = NOT_TOLD) -> None:
        self.versions.append(Version(action, by, content, told))
        self.log.append(LogRow(action, by, len(self.versions), told=told))

    def add_share(self, editor: str, told: Told = NOT_TOLD) -> None:
        self.log.append(LogRow("shared", self.owner, None, editor, told))

    def before_delete(self) -> "Story":
        return Story(self.number, self.owner, self.versions[:-1], self.log[:-1])
