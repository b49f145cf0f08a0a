"""Users, and the sessions that they are signed in with."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now

from accounts.querysets import SessionQuerySet, UserManager
from neofi.ids import uuid7
from neofi.zones import validate_timezone

# PostgreSQL and Python read it alike: the validator and the constraint are one rule.
USERNAME_PATTERN = r"^[A-Za-z0-9._-]{3,30}\Z"
USERNAME_FORM = "A user name has 3 to 30 letters, digits, dots, underscores and hyphens."
USERNAME_TAKEN = "This user name is taken."
EMAIL_TAKEN = "This e-mail address is taken."

validate_username = RegexValidator(USERNAME_PATTERN, USERNAME_FORM)


class User(AbstractUser):
    """A person. The user name never changes: others know and share by it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=30, validators=[validate_username])
    email = models.EmailField("e-mail address", max_length=254)
    timezone = models.CharField(
        "time zone", max_length=64, default="UTC", validators=[validate_timezone]
    )

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        # Each code is the name of the field that the constraint is about (neofi.transactions).
        constraints = [
            # Also what login, and sharing by name, look users up with.
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_unique",
                violation_error_code="username",
                violation_error_message=USERNAME_TAKEN,
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_code="email",
                violation_error_message=EMAIL_TAKEN,
            ),
            models.CheckConstraint(
                condition=Q(username__regex=USERNAME_PATTERN),
                name="user_username_form",
                violation_error_code="username",
                violation_error_message=USERNAME_FORM,
            ),
            models.CheckConstraint(
                condition=Q(email__contains="@"),
                name="user_email_form",
                violation_error_code="email",
                violation_error_message="Enter a valid e-mail address.",
            ),
        ]
        indexes = [
            # The admin's search for how a user name begins. The unique one sorts by the database's
            # locale, and only C's can tell a beginning.
            models.Index(
                OpClass(Lower("username"), name="text_pattern_ops"), name="user_username_prefix_idx"
            ),
            # The admin's list, newest first.
            models.Index(fields=["-date_joined"], name="user_joined_idx"),
        ]


class Session(models.Model):
    """One login, until it is ended or no refresh token of it is valid any more.

    Its id is the `sid` in its tokens.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No index of its own: the one below begins with it.
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(help_text="Moves at login and refresh only.")
    expires_at = models.DateTimeField(help_text="When its newest refresh token does.")
    ended_at = models.DateTimeField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        permissions = [("end_session", "Can end sessions")]
        indexes = [
            # The admin's list of a person's sessions, newest first; the deletion of a person.
            models.Index(fields=["user", "-last_used_at"], name="session_of_user_idx"),
            # The admin's lists: all of them, those that were ended, those that ran out. The last
            # two also find what manage.py tidy removes.
            models.Index(fields=["-last_used_at", "-id"], name="session_recent_idx"),
            models.Index(
                fields=["-ended_at", "-id"],
                condition=Q(ended_at__isnull=False),
                name="session_ended_idx",
            ),
            models.Index(fields=["-expires_at", "-id"], name="session_expiry_idx"),
        ]

    def __str__(self):
        return f"{self.user_agent or 'unknown client'}, {self.created_at:%Y-%m-%d %H:%M} UTC"


class FailedLogin(models.Model):
    """That somebody was not let in. What they typed is not kept: people type passwords there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("time", default=now)
    # Whom the given name means, if anybody. No index of its own: one below begins with it.
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="failed_logins", db_index=False
    )
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300)

    class Meta:
        indexes = [
            # The admin's list, newest first; what manage.py tidy removes.
            models.Index(fields=["-at", "-id"], name="failed_login_recent_idx"),
            # Those of one person.
            models.Index(fields=["user", "-at"], name="failed_login_of_user_idx"),
        ]

    def __str__(self):
        return f"from {self.address or 'an unknown address'}, {self.at:%Y-%m-%d %H:%M} UTC"
