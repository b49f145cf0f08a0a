"""How staff delete somebody: whoever is left events by them is asked for, and said, first."""

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from rest_framework.exceptions import APIException
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import guards
from accounts.models import User
from collaboration.admin.base import sentence
from collaboration.admin.confirming import ask, confirmed
from collaboration.services import people
from collaboration.services.people import Holdings

SURE = "sure"  # that the heir has been shown


class HeirForm(forms.Form):
    heir = forms.CharField(
        label="New owner (user name or e-mail)",
        max_length=254,
        widget=UnfoldAdminTextInputWidget,
        help_text="An active account. All of the events go there.",
    )

    def clean_heir(self) -> User:
        text = self.cleaned_data["heir"]
        found = User.objects.identified_by([text]).get(text)
        if found is None:
            raise forms.ValidationError("There is no such active account.")
        return found


class UserDeletion:
    """Mixed into the admin of users. One at a time: there is no action for many."""

    def has_delete_permission(self, request, obj=None):
        if isinstance(obj, User) and guards.is_above(obj, request.user):
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @method_decorator(csrf_protect)
    def delete_view(self, request, object_id, extra_context=None):
        user = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, user):
            raise PermissionDenied
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        holdings = people.holdings_of(user.pk)
        if not confirmed(request):
            return self._ask(request, user, holdings, HeirForm())
        form = HeirForm(request.POST)
        if holdings.owned and not form.is_valid():
            return self._ask(request, user, holdings, form)
        heir = form.cleaned_data["heir"] if holdings.owned else None
        if heir and SURE not in request.POST:
            return self._ask_again(request, user, holdings, heir)
        return self._delete(request, user, holdings, heir)

    def _delete(self, request, user: User, holdings: Holdings, heir: User | None):
        try:
            people.delete_user(user.pk, heir_id=heir.pk if heir else None, by=request.user)
        except APIException as refusal:
            form = HeirForm(initial={"heir": heir.username if heir else ""})
            return self._ask(request, user, holdings, form, refusals=[sentence(refusal)])
        self.log_deletions(request, [user])
        return self.response_delete(request, str(user), user.pk)

    def _ask(self, request, user, holdings: Holdings, form: HeirForm, refusals=()):
        return self._page(
            request, user,
            sentences=[*_has(user, holdings), *_goes(user)],
            form=form if holdings.owned else None,
            refusals=refusals,
            submit="Continue" if holdings.owned else "Delete",
        )  # fmt: skip

    def _ask_again(self, request, user, holdings: Holdings, heir: User):
        handed = f"{_events(holdings.owned)} of {user} will be owned by {heir} ({heir.email})."
        return self._page(
            request, user,
            sentences=[handed, *_goes(user)],
            hidden={"heir": heir.username, SURE: "yes"},
            submit="Delete",
        )  # fmt: skip

    def _page(self, request, user, **shown):
        page = reverse(f"{self.admin_site.name}:accounts_user_change", args=[user.pk])
        return ask(request, self, f"Delete {user}", back=page, danger=True, **shown)


def _has(user: User, holdings: Holdings) -> list[str]:
    owned = f"{user} owns {_events(holdings.owned)}"
    if not holdings.owned:
        return [f"{owned}."]
    return [f"{owned}, {holdings.in_trash} of them in the trash. They need a new owner."]


def _goes(user: User) -> list[str]:
    """What nobody gets back."""
    sentences = [
        "Their access to the events of others is revoked. Sessions and tokens are removed.",
        "Histories keep their versions, with an author who is not there any more.",
    ]
    if entries := LogEntry.objects.filter(user=user).count():
        sentences.append(f"The admin's log loses the {entries} entries of what they did here.")
    return sentences


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"
