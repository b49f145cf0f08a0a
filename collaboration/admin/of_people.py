"""Read-only lists of what belongs to people."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import TextFilter
from unfold.decorators import display

from accounts.models import User
from collaboration.admin.base import StaffAdmin
from neofi.ids import parse_uuid


def link(path: str, text: str) -> str:
    """A link in a cell, in the theme's colours."""
    classes = "text-primary-600 hover:underline dark:text-primary-500"
    return format_html('<a class="{}" href="{}">{}</a>', classes, path, text)


def of(rows: QuerySet, text: str) -> QuerySet:
    """Those of the person whom an id, a user name or an e-mail address means.

    Who that is, is asked first: the index of their rows begins with it.
    """
    user_id = parse_uuid(text) or User.objects.called(text).values_list("pk", flat=True).first()
    return rows.filter(user=user_id) if user_id else rows.none()


class PersonFilter(TextFilter):
    title = "user (name, e-mail or id)"
    parameter_name = "user__id__exact"

    def queryset(self, request, queryset):
        text = (self.value() or "").strip()
        return of(queryset, text) if text else queryset


class OfPeopleAdmin(StaffAdmin):
    """Nothing is added, changed or deleted here. The newest come first, and no other way: an index
    has that order, and the tables grow without end."""

    list_select_related = ["user"]
    list_filter = [PersonFilter]
    search_fields = ["user__username"]
    search_help_text = "A whole user name or e-mail address."
    sortable_by = []

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (of(queryset, text) if text else queryset), False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @display(description="user", empty_value="nobody")
    def person(self, row):
        if row.user is None:
            return None
        return link(reverse("admin:accounts_user_change", args=[row.user_id]), row.user.username)
