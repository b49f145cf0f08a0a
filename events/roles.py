"""The one ladder of roles, used in SQL and in Python."""

from django.db import models


class Role(models.TextChoices):
    """Lowest first; each role may do all that those before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"

    @classmethod
    def at_least(cls, role: str) -> list["Role"]:
        """The roles that include all that `role` may do."""
        ladder = list(cls)
        return ladder[ladder.index(role) :]

    def includes(self, role: str) -> bool:
        """Whether this role may do all that `role` may."""
        return _RANKS[self] >= _RANKS[role]


_RANKS = {role: rank for rank, role in enumerate(Role)}

# What a client may offer its user. The owner does not leave; a transfer comes first.
CAPABILITIES: dict[str, list[str]] = {
    Role.VIEWER: ["read", "leave"],
    Role.EDITOR: ["read", "edit", "leave"],
    Role.OWNER: ["read", "edit", "share", "delete", "transfer"],
}
