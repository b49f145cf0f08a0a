"""The side bar: every list that a member of staff may see, in groups."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import FailedLogin, Session, User
from events.models import Event, HistoricalEvent, HistoricalGrant

# What a list is called, and its icon, of the theme's (Material Symbols).
GROUPS = {
    "Calendar": {
        Event: ("Events", "event"),
        HistoricalEvent: ("Versions", "history"),
        HistoricalGrant: ("Changes of access", "manage_history"),
    },
    "People": {
        User: ("Users", "person"),
        Group: ("Groups", "groups"),
        Session: ("Sessions", "devices"),
        OutstandingToken: ("Refresh tokens", "key"),
        FailedLogin: ("Failed logins", "gpp_bad"),
    },
}


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """What UNFOLD["SIDEBAR"]["navigation"] asks for."""
    home = {"title": "Dashboard", "icon": "dashboard", "link": reverse("admin:index")}
    found = [{"title": "", "items": [home]}]
    for title, models in GROUPS.items():
        items = [_item(model, *told) for model, told in models.items() if _seen(request, model)]
        if items:
            found.append({"title": title, "separator": True, "items": items})
    return found


def _item(model: type[Model], title: str, icon: str) -> dict[str, str]:
    meta = model._meta
    link = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return {"title": title, "icon": icon, "link": link}


def _seen(request: HttpRequest, model: type[Model]) -> bool:
    return admin.site.is_registered(model) and admin.site.get_model_admin(
        model
    ).has_view_permission(request)
