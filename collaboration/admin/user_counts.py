"""What somebody has, in numbers for the staff: of a whole page of people in one query."""

from collections.abc import Collection

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import FailedLogin, Session, User
from collaboration.admin.base import StaffChangeList
from events.models import Grant
from events.roles import Role

# What is more is shown as "1000+": whoever has a million events shall not slow down the page.
MOST = 1000


class UserChangeList(StaffChangeList):
    """Counts for the people on the page alone, not for all who are sorted to find it."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = counted(self.result_list)


def counted(users: Collection[User]) -> list[User]:
    """The same users, each with `counts`: owned, shared, open_sessions, failed."""
    users = list(users)
    rows = User.objects.filter(pk__in=[user.pk for user in users]).values("pk", **_counts())
    by_id = {row["pk"]: row for row in rows} if users else {}
    for user in users:
        user.counts = by_id.get(user.pk, {})
    return users


def _counts() -> dict[str, Func]:
    theirs = Grant.objects.filter(user=OuterRef("pk"))
    live = theirs.filter(event_deleted_at__isnull=True)
    # Each in the form of one of Grant's indexes: what is owned has two.
    owned = _number(live.filter(event_owner=OuterRef("pk")))
    trash = _number(theirs.filter(event_deleted_at__isnull=False, role=Role.OWNER))
    open_sessions = Session.objects.filter(
        user=OuterRef("pk"), ended_at=None, expires_at__gt=timezone.now()
    )
    return {
        "owned": owned + trash,
        "shared": _number(live.exclude(role=Role.OWNER)),
        "open_sessions": _number(open_sessions),
        "failed": _number(FailedLogin.objects.filter(user=OuterRef("pk"))),
    }


def _number(rows: QuerySet) -> Func:
    """How many rows there are, up to one more than MOST."""
    some = ArraySubquery(rows.order_by().values("pk")[: MOST + 1])
    return Func(some, function="CARDINALITY", output_field=IntegerField())


def shown(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number)
