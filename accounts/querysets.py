"""How users and sessions are found."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth import models as auth
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact, In, StartsWith
from django.utils import timezone

from neofi.ids import parse_uuid
from neofi.statements import Parameter

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet):
    """Names and addresses are found without regard to case, each by its unique index.

    `iexact` would compare UPPER(...), which no index has.
    """

    def named(self, username: str) -> Self:
        return self.filter(Exact(Lower("username"), username.lower()))

    def with_email(self, email: str) -> Self:
        return self.filter(Exact(Lower("email"), email.lower()))

    def called(self, text: str) -> Self:
        """By e-mail address if it has an @, which no user name has; else by user name."""
        if "\0" in text:  # nobody is called so, and PostgreSQL cannot even be asked
            return self.none()
        return self.with_email(text) if "@" in text else self.named(text)

    def found_by(self, text: str) -> Self:
        """By id, by e-mail address, or by how the user name begins."""
        if "\0" in text or "@" in text:
            return self.called(text)
        user_id = parse_uuid(text)
        if user_id:
            return self.filter(pk=user_id)
        return self.filter(StartsWith(Lower("username"), text.lower()))

    def identified_by(self, texts: Sequence[str]) -> dict[str, "User"]:
        """The active user behind each text: an id, e-mail address or user name; in one query.

        Texts behind which there is nobody are left out. A user name is too short for an id, and has
        no @, so no text can mean two people.
        """
        wanted = {text: parse_uuid(text) or text.lower() for text in texts if "\0" not in text}
        keys = [key for key in wanted.values() if isinstance(key, str)]
        ids = [key for key in wanted.values() if not isinstance(key, str)]
        found = self.filter(
            Q(pk__in=ids) | In(Lower("username"), keys) | In(Lower("email"), keys), is_active=True
        )
        by_key = {}
        for user in found:
            by_key |= dict.fromkeys((user.pk, user.username.lower(), user.email.lower()), user)
        return {text: by_key[key] for text, key in wanted.items() if key in by_key}


class UserManager(auth.UserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False

    def get_by_natural_key(self, username):
        return self.named(username).get()


class SessionQuerySet(models.QuerySet):
    def live(self, at: datetime | Parameter | None = None) -> Self:
        """Neither ended nor run out (now, or `at`), and of a user who may still come in."""
        now = at or timezone.now()
        return self.filter(ended_at=None, expires_at__gt=now, user__is_active=True)

    def open(self) -> Self:
        """Not ended, and not run out: `live`, without a look at the user."""
        return self.filter(ended_at=None, expires_at__gt=timezone.now())

    def run_out(self) -> Self:
        """Of no use any more, though nobody has ended them."""
        return self.filter(ended_at=None, expires_at__lte=timezone.now())

    def over_since(self, moment: datetime) -> Self:
        """Ended, or run out, before then."""
        return self.filter(Q(ended_at__lt=moment) | Q(expires_at__lt=moment))
