"""Everything that is written about users and sessions."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.timezone import now
from rest_framework.exceptions import NotFound
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import mails
from accounts.guards import check_dispensable, check_may, lock_person
from accounts.models import EMAIL_TAKEN, USERNAME_TAKEN, FailedLogin, Session, User
from accounts.querysets import SessionQuerySet
from accounts.refusals import SessionEnded, TokenInvalid, TokenReused, TokenUsed
from accounts.tokens import RefreshToken
from neofi.problems import Conflict
from neofi.rows import remove_in_chunks
from neofi.transactions import service

KEPT = timedelta(days=30)  # so that staff can still see where somebody signed in, or tried to
USER_AGENT_LENGTH = Session._meta.get_field("user_agent").max_length


@service
def register(*, username: str, email: str, password: str, timezone: str = "UTC") -> User:
    """A new user. Raise ValidationError for what is taken, malformed or too weak."""
    email = User.objects.normalize_email(email)
    user = User(username=username, email=email, timezone=timezone)
    _check_new(user, password)
    user.set_password(password)
    user.save(force_insert=True)
    return user


@service
def create_staff_user(*, username: str, email: str, password: str) -> User:
    """A superuser, who may do everything in the admin."""
    user = register(username=username, email=email, password=password)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    return user


def _check_new(user: User, password: str) -> None:
    """Raise a ValidationError that names every field at fault.

    Only the constraints can tell for sure what is taken. Asking first names the user name, the
    address and the password in one answer.
    """
    user.clean_fields(exclude=["password"])
    errors = {}
    if User.objects.named(user.username).exists():
        errors["username"] = ValidationError(USERNAME_TAKEN, "taken")
    if User.objects.with_email(user.email).exists():
        errors["email"] = ValidationError(EMAIL_TAKEN, "taken")
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = error
    if errors:
        raise ValidationError(errors)


@service
def update_profile(
    *,
    user: User,
    timezone: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
) -> User:
    """Change what is given; None leaves a field as it is."""
    given = {"timezone": timezone, "first_name": first_name, "last_name": last_name}
    changes = {name: value for name, value in given.items() if value is not None}
    for name, value in changes.items():
        setattr(user, name, value)
    user.clean_fields(exclude={field.name for field in User._meta.fields} - changes.keys())
    user.save(update_fields=changes)
    return user


@service
def start_session(
    *, user: User, user_agent: str = "", address: str = ""
) -> tuple[Session, RefreshToken]:
    """Sign a user in who has proven who they are."""
    session = Session(
        user=user,
        last_used_at=now(),
        user_agent=_short(user_agent),
        address=address or None,
    )
    token = RefreshToken.for_session(session)
    session.expires_at = token.expires_at
    session.save(force_insert=True)
    token.outstand()
    update_last_login(None, user)
    return session, token


@service
def note_failed_login(*, name: str, user_agent: str = "", address: str = "") -> None:
    """Keep that somebody tried, and whose account it was if `name` means anybody; not `name`."""
    FailedLogin.objects.create(
        user_id=User.objects.called(name).values_list("pk", flat=True).first(),
        user_agent=_short(user_agent),
        address=address or None,
    )


def _short(user_agent: str) -> str:
    return user_agent.replace("\0", "")[:USER_AGENT_LENGTH]


def refresh(*, token: RefreshToken) -> RefreshToken:
    """The refresh token to use next; the one given is used up. Raise a 401 if it was before.

    A token that comes twice has been copied, and nobody can tell which of the two is the thief: the
    session ends. That is a transaction of its own, because the refusal undoes the first one.
    """
    try:
        return _rotate(token=token)
    except TokenReused:
        end_session(session_id=token.session_id)
        raise


@service
def _rotate(*, token: RefreshToken) -> RefreshToken:
    session = _locked_session(token)
    _check_unused(token)
    token.blacklist()
    successor = RefreshToken.for_session(session)
    successor.outstand()
    session.last_used_at = successor.current_time
    session.expires_at = successor.expires_at
    session.save(update_fields=["last_used_at", "expires_at"])
    return successor


def _locked_session(token: RefreshToken) -> Session:
    """The live session, locked: of parallel refreshes, the second sees what the first has done."""
    sessions = Session.objects.live().select_for_update(of=("self",))
    try:
        return sessions.get(pk=token.session_id, user=token.user_id)
    except Session.DoesNotExist as error:
        raise SessionEnded from error


def _check_unused(token: RefreshToken) -> None:
    try:
        issued = OutstandingToken.objects.select_related("blacklistedtoken").get(jti=token["jti"])
    except OutstandingToken.DoesNotExist as error:
        raise TokenInvalid from error
    used = getattr(issued, "blacklistedtoken", None)
    if used is None:
        return
    # A client that lost the answer, or refreshed in two tabs at once, is no thief yet.
    if now() - used.blacklisted_at < timedelta(seconds=settings.REFRESH_GRACE):
        raise TokenUsed
    raise TokenReused


@service
def end_session(*, session_id: UUID) -> None:
    """Its tokens stop working at once. Ending it again changes nothing."""
    Session.objects.filter(pk=session_id, ended_at=None).update(ended_at=now())


@service
def end_sessions(*, user: User) -> None:
    """Sign a user out everywhere."""
    Session.objects.filter(user=user, ended_at=None).update(ended_at=now())


@service
def end_as_staff(sessions: SessionQuerySet, *, by: User) -> int:
    """End those that have not been ended yet; count them. Raises PermissionDenied."""
    check_may(by, "accounts.end_session")
    return sessions.filter(ended_at=None).update(ended_at=now())


@service
def deactivate(user_id: UUID, *, by: User) -> None:
    """Switch somebody off: they are signed out everywhere, and cannot sign in again.

    Raises NotFound, PermissionDenied; Conflict for oneself and for the last superuser.
    """
    user = lock_person(user_id, by=by, permission="accounts.change_user")
    check_dispensable(user, by)
    user.is_active = False
    user.save(update_fields=["is_active"])
    # Otherwise switching the user on again would revive what they were signed in with.
    end_sessions(user=user)


@service
def activate(user_id: UUID, *, by: User) -> None:
    """Let somebody sign in again. Raises NotFound, PermissionDenied."""
    user = lock_person(user_id, by=by, permission="accounts.change_user")
    user.is_active = True
    user.save(update_fields=["is_active"])


def send_password_reset(user_id: UUID, *, by: User, site: str) -> None:
    """Mail a link for a new password, to `site` (`https://host`); nothing is written.

    Also to somebody who has no password yet: so they are invited. Raises NotFound,
    PermissionDenied, Conflict for an account that is switched off; OSError if there is no way to
    send it.
    """
    try:
        user = User.objects.get(pk=user_id)
    except User.DoesNotExist as error:
        raise NotFound from error
    check_may(by, "accounts.change_user", user)
    if not user.is_active:
        raise Conflict("This account is switched off: no mail was sent.", "inactive_user")
    mails.send_password_reset(user, site)


def remove_expired() -> dict[str, int]:
    """Delete tokens that have run out, and what has been over for a while; count each.

    Not one transaction: what has been removed stays removed, and no lock is held for long.
    """
    return {
        "tokens": remove_in_chunks(OutstandingToken.objects.filter(expires_at__lt=now())),
        "sessions": remove_in_chunks(Session.objects.over_since(now() - KEPT)),
        "failed_logins": remove_in_chunks(FailedLogin.objects.filter(at__lt=now() - KEPT)),
    }


@service
def log_out(*, token: RefreshToken) -> None:
    """End the session of a refresh token, whether or not that is still of use."""
    # In the order in which a refresh locks them: the session first.
    end_session(session_id=token.session_id)
    token.blacklist()
