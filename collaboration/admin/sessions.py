"""Who is signed in, from where."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.shortcuts import redirect
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from rest_framework.exceptions import APIException
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from accounts import services
from accounts.models import Session
from collaboration.admin.base import MOST_AT_ONCE, sentence
from collaboration.admin.confirming import ask, confirmed, ids_of, those_confirmed
from collaboration.admin.of_people import OfPeopleAdmin, PersonFilter

END = "End sessions"
CONSEQUENCE = "Their tokens stop working at once. Whoever uses them has to sign in again."
SHORT = 40


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", "Open"), ("ended", "Ended"), ("run_out", "Run out")]

    def queryset(self, request, queryset):
        match self.value():
            case "open":
                return queryset.open()
            case "ended":
                return queryset.filter(ended_at__isnull=False)
            case "run_out":
                return queryset.run_out()
        return queryset


# Each state's newest, by an index. Those that are open are found among the last used.
ORDERS = {"ended": ["-ended_at"], "run_out": ["-expires_at"]}


@admin.register(Session)
class SessionAdmin(OfPeopleAdmin):
    """Nothing here is edited; sessions can be ended."""

    actions = ["end"]
    actions_detail = ["end_one"]
    list_display = [
        "created_at",
        "person",
        "last_used_at",
        "expires_at",
        "ended_at",
        "address",
        "client",
    ]
    list_filter = [StateFilter, PersonFilter]
    fields = [
        "id",
        "person",
        "created_at",
        "last_used_at",
        "expires_at",
        "ended_at",
        "address",
        "user_agent",
    ]
    readonly_fields = ["person"]

    def get_ordering(self, request):
        return ORDERS.get(request.GET.get("state"), ["-last_used_at"])

    def has_end_permission(self, request, obj=None):
        may = request.user.has_perm("accounts.end_session")
        return may and self.has_view_permission(request, obj)

    @display(description="client")
    def client(self, session):
        return truncatechars(session.user_agent, SHORT)

    @admin.action(description=END, permissions=["end"])
    def end(self, request, queryset):
        queryset = those_confirmed(request, queryset)
        if queryset[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
            messages.error(request, f"Select fewer: at most {MOST_AT_ONCE} at a time.")
        elif confirmed(request):
            self._end(request, queryset)
        else:
            named = [f"{session.user}: {session}" for session in queryset]
            return ask(
                request, self, END, sentences=[CONSEQUENCE], objects=named, submit=END, danger=True,
                hidden=ids_of(queryset),
            )  # fmt: skip
        return None

    @action(description="End this session", permissions=["end"], url_path="end")
    def end_one(self, request, object_id):
        session = self.get_object(request, unquote(object_id))
        if session is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        page = reverse(f"{self.admin_site.name}:accounts_session_change", args=[session.pk])
        if confirmed(request):
            self._end(request, Session.objects.filter(pk=session.pk))
            return redirect(page)
        named = [f"{session.user}: {session}"]
        return ask(
            request, self, END, sentences=[CONSEQUENCE], objects=named, submit=END, danger=True,
            back=page,
        )  # fmt: skip

    def _end(self, request, sessions):
        ended = list(sessions.filter(ended_at=None))
        try:
            services.end_as_staff(
                Session.objects.filter(pk__in=[session.pk for session in ended]), by=request.user
            )
        except APIException as refusal:
            messages.error(request, sentence(refusal))
            return
        for session in ended:
            self.log_change(request, session, "Ended.")
        messages.success(request, f"Ended: {len(ended)}.")
