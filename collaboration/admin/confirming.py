"""The page that asks staff to confirm what they are about to do. It posts to itself, by plain HTML.

def deactivate(self, request, queryset):
    if not confirmed(request):
        return ask(request, self, "Deactivate users", objects=queryset, submit="Deactivate")
    ...
"""

from collections.abc import Collection, Mapping

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from neofi.ids import parse_uuid

MOST_SHOWN = 100
CONFIRMED = "confirmed"
# What a list's action is called with again, once it is confirmed.
IDS = "ids"
OF_THE_LIST = ["action", "select_across", ACTION_CHECKBOX_NAME]


def confirmed(request: HttpRequest) -> bool:
    """Whether this comes from the page below."""
    return request.method == "POST" and CONFIRMED in request.POST


def ask(
    request: HttpRequest,
    model_admin: ModelAdmin,
    title: str,
    *,
    sentences: Collection[str] = (),
    objects: Collection | QuerySet = (),
    form: Form | None = None,
    hidden: Mapping[str, str] | None = None,
    refusals: Collection[str] = (),
    submit: str = "Confirm",
    danger: bool = False,
    back: str | None = None,
) -> TemplateResponse:
    """The page. What an action of a list was called with is in it, and comes again.

    `refusals` are shown first; `hidden` is posted along; `back` is where "Cancel" leads, the list
    if it is not given.
    """
    shown, more = _first(objects)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "sentences": sentences,
        "refusals": refusals,
        "shown": shown,
        "more": more,
        "form": form,
        "hidden": [*_of_the_list(request), *(hidden or {}).items(), (CONFIRMED, "yes")],
        "verb": submit,  # the theme's button has a `submit` of its own
        "danger": danger,
        "back": back or list_of(model_admin),
    }
    return TemplateResponse(request, "admin/confirm.html", context)


def ids_of(rows: QuerySet) -> dict[str, str]:
    """What says on the page, hidden, whom it concerns."""
    return {IDS: " ".join(str(pk) for pk in rows.values_list("pk", flat=True))}


def those_confirmed(request: HttpRequest, rows: QuerySet) -> QuerySet:
    """Of the rows that an action is called with, those that the page has named.

    "All that match" may have become more meanwhile.
    """
    if not confirmed(request):
        return rows
    named = [parse_uuid(text) for text in request.POST.get(IDS, "").split()]
    return rows.filter(pk__in=[pk for pk in named if pk])


def list_of(model_admin: ModelAdmin) -> str:
    """The path of its list."""
    opts = model_admin.opts
    site = model_admin.admin_site.name
    return reverse(f"{site}:{opts.app_label}_{opts.model_name}_changelist")


def _first(objects: Collection | QuerySet) -> tuple[list, int]:
    """Those that are shown, and how many more there are."""
    shown = list(objects[:MOST_SHOWN])
    if len(shown) < MOST_SHOWN:
        return shown, 0
    total = objects.count() if isinstance(objects, QuerySet) else len(objects)
    return shown, total - len(shown)


def _of_the_list(request: HttpRequest) -> list[tuple[str, str]]:
    posted = request.POST
    return [(name, value) for name in OF_THE_LIST for value in posted.getlist(name)]
