"""Who has access to an event, and the forms to change that: page of its own beside the event's."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from rest_framework.exceptions import APIException
from unfold.widgets import UnfoldAdminSelectWidget

from collaboration.admin import pages
from collaboration.admin.base import BoundedPaginator, sentence
from collaboration.admin.bulk import NoteForm, PersonField
from collaboration.admin.confirming import ask, confirmed
from collaboration.services import sharing
from collaboration.services.sharing import Invitation
from events.models import Event, Grant
from events.models.grant import OWNER_FIRST
from events.roles import Role
from neofi.ids import parse_uuid

MOST_SHOWN = 100
ROLES = [(role.value, role.label) for role in Role if role != Role.OWNER]


class ShareForm(NoteForm):
    user = PersonField(label="Person")
    role = forms.ChoiceField(choices=ROLES, widget=UnfoldAdminSelectWidget)
    field_order = ["user", "role", "note"]


def grants_of(event_id: UUID) -> QuerySet[Grant]:
    """The owner first, as the permissions list of the API has them."""
    grants = Grant.objects.of_event(event_id).select_related("user", "granted_by")
    return grants.order_by("event", OWNER_FIRST, "user")


def people(admin: ModelAdmin, request: HttpRequest, event_id: UUID) -> HttpResponse:
    """The page. Without the right to change the event, it is read only."""
    event = pages.event_of(admin, request, event_id)
    may_change = admin.has_change_permission(request, event)
    form = ShareForm()
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form, answer = _write(admin, request, event)
        if answer is not None:
            return answer
    page = BoundedPaginator(grants_of(event_id), MOST_SHOWN).get_page(request.GET.get("p"))
    context = {"page": page, "form": form, "roles": ROLES, "may_change": may_change}
    context = pages.context(admin, request, event, f"Access to “{event}”", **context)
    return TemplateResponse(request, "admin/events/people.html", context)


def _write(
    admin: ModelAdmin, request: HttpRequest, event: Event
) -> tuple[forms.Form, HttpResponse | None]:
    """What was posted, done; the form to be shown again, if it is at fault."""
    form = ShareForm()
    here = redirect(request.get_full_path())
    user_id = parse_uuid(request.POST.get("grantee", ""))
    what = request.POST.get("do")
    try:
        if what == "share":
            form = ShareForm(request.POST)
            return form, _share(request, event, form) if form.is_valid() else None
        if what == "role" and user_id:
            return form, _change_role(request, event, user_id) or here
        if what == "revoke" and user_id:
            return form, _revoke(admin, request, event, user_id) or here
    except APIException as refusal:
        messages.error(request, f"Not done: {sentence(refusal)}")
    return form, here


def _share(request: HttpRequest, event: Event, form: ShareForm) -> HttpResponse:
    user, role, note = (form.cleaned_data[name] for name in ("user", "role", "note"))
    invitations = [Invitation(user, Role(role))]
    by = request.user
    [grant] = sharing.share(event.pk, by=by, invitations=invitations, note=note, as_staff=True)
    if grant.written is None:
        messages.info(request, f"{user.username} has that role already.")
    else:
        messages.success(request, f"{user.username} is {role} now.")
    return redirect(request.get_full_path())


def _change_role(request: HttpRequest, event: Event, user_id: UUID) -> None:
    role = request.POST.get("role")
    if role in dict(ROLES):
        grant = sharing.change_role(event.pk, user_id, Role(role), by=request.user, as_staff=True)
        messages.success(request, f"{grant.user.username} is {role} now.")


def _revoke(
    admin: ModelAdmin, request: HttpRequest, event: Event, user_id: UUID
) -> HttpResponse | None:
    form = NoteForm(request.POST if confirmed(request) else None)
    if form.is_valid():
        note = form.cleaned_data["note"]
        grant = sharing.revoke(event.pk, user_id, by=request.user, note=note, as_staff=True)
        messages.success(request, f"{grant.user.username} has no access any more.")
        return None
    grant = Grant.objects.of_event(event.pk).filter(user=user_id).select_related("user").first()
    name = grant.user.username if grant else "this person"
    return ask(
        request,
        admin,
        f"Revoke the access of {name}",
        sentences=[f"“{event}” will be out of the sight of {name}."],
        form=form,
        hidden={"do": "revoke", "grantee": str(user_id)},
        submit="Revoke",
        danger=True,
        back=request.get_full_path(),
    )
