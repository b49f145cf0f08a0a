"""What staff do to people's accounts: from the list to many, from somebody's page to one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from rest_framework.exceptions import APIException
from unfold.decorators import action

from accounts import services
from accounts.models import Session, User
from collaboration.admin.base import MOST_AT_ONCE, sentence
from collaboration.admin.confirming import ask, confirmed, ids_of, those_confirmed


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done to one person after the other, when it has been confirmed."""

    title: str
    consequence: str
    done: str
    do: Callable[[HttpRequest, User], object]
    most: int = MOST_AT_ONCE


DEACTIVATE = Deed(
    "Deactivate",
    "They are signed out everywhere at once, and cannot sign in again. Their events stay.",
    "Deactivated",
    lambda request, user: services.deactivate(user.pk, by=request.user),
)
ACTIVATE = Deed(
    "Activate",
    "They can sign in again, with the password that they had.",
    "Activated",
    lambda request, user: services.activate(user.pk, by=request.user),
)
END_SESSIONS = Deed(
    "End all sessions",
    "Every program that uses the API in their name has to sign in again. What they have open in a "
    "browser, here or in the browsable API, ends when their password changes or the account is "
    "deactivated.",
    "Ended all sessions",
    lambda request, user: services.end_as_staff(Session.objects.filter(user=user), by=request.user),
)
RESET = Deed(
    "Send a password reset",
    "They get a mail with a link to choose a new password. The old one works until they do.",
    "Sent a password reset",
    lambda request, user: services.send_password_reset(
        user.pk, by=request.user, site=f"{request.scheme}://{request.get_host()}"
    ),
    most=50,  # somebody waits while they are sent
)


class UserActions:
    """Mixed into the admin of users."""

    actions = ["deactivate", "activate", "end_sessions", "send_reset"]
    actions_detail = ["deactivate_one", "activate_one", "end_sessions_of_one", "send_reset_to_one"]

    def has_end_permission(self, request, obj=None):
        may = request.user.has_perm("accounts.end_session")
        return may and self.has_view_permission(request, obj)

    @admin.action(description=DEACTIVATE.title, permissions=["change"])
    def deactivate(self, request, queryset):
        return self._to_many(request, queryset, DEACTIVATE)

    @admin.action(description=ACTIVATE.title, permissions=["change"])
    def activate(self, request, queryset):
        return self._to_many(request, queryset, ACTIVATE)

    @admin.action(description=END_SESSIONS.title, permissions=["end"])
    def end_sessions(self, request, queryset):
        return self._to_many(request, queryset, END_SESSIONS)

    @admin.action(description=RESET.title, permissions=["change"])
    def send_reset(self, request, queryset):
        return self._to_many(request, queryset, RESET)

    @action(description=DEACTIVATE.title, permissions=["change"], url_path="deactivate")
    def deactivate_one(self, request, object_id):
        return self._to_one(request, object_id, DEACTIVATE)

    @action(description=ACTIVATE.title, permissions=["change"], url_path="activate")
    def activate_one(self, request, object_id):
        return self._to_one(request, object_id, ACTIVATE)

    @action(description=END_SESSIONS.title, permissions=["end"], url_path="end-sessions")
    def end_sessions_of_one(self, request, object_id):
        return self._to_one(request, object_id, END_SESSIONS)

    @action(description=RESET.title, permissions=["change"], url_path="send-reset")
    def send_reset_to_one(self, request, object_id):
        return self._to_one(request, object_id, RESET)

    def get_actions_detail(self, request, object_id):
        """Only the buttons that would do something to this person."""
        user = self.get_object(request, unquote(str(object_id)))
        if user is None:
            return []
        useless = {"activate_one"} if user.is_active else {"deactivate_one", "send_reset_to_one"}
        if not self.has_change_permission(request, user):
            useless |= {"deactivate_one", "activate_one", "send_reset_to_one"}
        names = {f"accounts_user_{name}" for name in useless}
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if button.action_name not in names]

    def _to_many(self, request, users, deed: Deed):
        users = those_confirmed(request, users)
        if users[: deed.most + 1].count() > deed.most:
            messages.error(request, f"Select fewer: at most {deed.most} at a time.")
            return None
        if confirmed(request):
            return self._do(request, users, deed)
        return ask(
            request, self, deed.title, sentences=[deed.consequence], objects=users,
            submit=deed.title, danger=deed is DEACTIVATE, hidden=ids_of(users),
        )  # fmt: skip

    def _to_one(self, request, object_id: str, deed: Deed):
        user = self.get_object(request, unquote(object_id))
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        page = reverse(f"{self.admin_site.name}:accounts_user_change", args=[user.pk])
        if confirmed(request):
            self._do(request, [user], deed)
            return redirect(page)
        return ask(
            request, self, deed.title, sentences=[deed.consequence], objects=[user],
            submit=deed.title, danger=deed is DEACTIVATE, back=page,
        )  # fmt: skip

    def _do(self, request, users: Iterable[User], deed: Deed) -> None:
        done = 0
        for user in users:
            try:
                deed.do(request, user)
            except APIException as refusal:
                messages.warning(request, f"{user}: {sentence(refusal)}")
            except OSError as error:  # so every failure of a mail server
                messages.error(request, f"{user}: the mail could not be sent ({error}).")
            else:
                done += 1
                self.log_change(request, user, f"{deed.done}.")
        if done:
            messages.success(request, f"{deed.done}: {done}.")
