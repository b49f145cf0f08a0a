"""Whether staff may do something to somebody. It is asked inside of a service, under the lock."""

from uuid import UUID

from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from neofi.problems import Conflict


def lock_person(user_id: UUID, *, by: User, permission: str) -> User:
    """The user's row, locked; rows that refer to it may still come. Raises NotFound,
    PermissionDenied."""
    try:
        user = _locked().get(pk=user_id)
    except User.DoesNotExist as error:
        raise NotFound from error
    check_may(by, permission, user)
    return user


def check_may(by: User, permission: str, user: User | None = None) -> None:
    """Raise PermissionDenied, also for somebody who is above (is_above)."""
    if not by.has_perm(permission) or (user and is_above(user, by)):
        raise PermissionDenied


def is_above(user: User, by: User) -> bool:
    """Whether the user has rights that `by` has not: who can set somebody's password, or read their
    mail, has all of their rights."""
    if by.is_superuser or user.pk == by.pk or not user.is_staff:
        return user.is_superuser and not by.is_superuser
    return user.is_superuser or not user.get_all_permissions() <= by.get_all_permissions()


def check_dispensable(user: User, by: User) -> None:
    """Raise Conflict for oneself, and for the last superuser."""
    if user.pk == by.pk:
        raise Conflict("This is your own account: somebody else has to do that.", "self")
    check_not_last(user)


def check_not_last(user: User) -> None:
    """Raise Conflict for the last superuser."""
    if user.is_superuser and user.is_active and not _another_superuser(user):
        raise Conflict("This is the last active superuser.", "last_superuser")


def _another_superuser(user: User) -> bool:
    # Locked, so that of two who remove each other the second one sees what the first has done.
    others = _locked().filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return others.order_by("pk").first() is not None


def _locked():
    return User.objects.select_for_update(no_key=True)
