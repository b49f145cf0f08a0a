"""What all pages of the staff have in common."""

from urllib.parse import unquote_plus

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.functional import cached_property
from rest_framework.exceptions import APIException
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from neofi.problems import field_errors

MOST_COUNTED = 10_000
# The most that one action does at once; so that it ends while somebody waits.
MOST_AT_ONCE = 1_000


class BoundedPaginator(Paginator):
    """Counts no further than MOST_COUNTED, for a whole table may be large."""

    @cached_property
    def count(self):
        # An order would have the database sort what is only counted.
        return self.object_list.order_by()[:MOST_COUNTED].count()


class StaffChangeList(ChangeList):
    """Refuses years that there are not (`?start_time__year=9999`), where Django's has an error."""

    def get_filters(self, request):
        try:
            return super().get_filters(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error


class StaffAdmin(ModelAdmin):
    """Lists that cost the same at any size, and the theme."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would be a count
    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = True

    def get_changelist(self, request, **kwargs):
        return StaffChangeList

    def lookup_allowed(self, lookup, value, request=None):
        """What the filters ask for, and no other column: most have no index."""
        named = (getattr(one, "parameter_name", f"{one}__exact") for one in self.list_filter)
        return lookup in named

    def changelist_view(self, request, extra_context=None):
        # PostgreSQL cannot even be asked for it, and each kind of filter would fail in its own way.
        if "\0" in unquote_plus(request.META.get("QUERY_STRING", "")):
            messages.warning(request, "Nothing was looked for: texts hold no NUL character.")
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().changelist_view(request, extra_context)

    def get_search_results(self, request, queryset, search_term):
        if "\0" in search_term:  # of a field that completes what is typed
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def response_action(self, request, queryset):
        """403 for an action that this person may not run, where Django says that there is none.

        Django asks the database for whatever was selected, be it no id at all: not so here.
        """
        asked = request.POST.get("action")
        if asked in (self.actions or ()) and asked not in self.get_actions(request):
            raise PermissionDenied
        try:
            for value in request.POST.getlist("_selected_action"):
                self.opts.pk.to_python(value)
        except (ValidationError, ValueError):
            messages.warning(request, "Nothing was done: what was selected is not in this list.")
            return redirect(request.get_full_path())
        return super().response_action(request, queryset)


def sentence(refusal: APIException) -> str:
    """What a service refuses, for a message."""
    if refusal.status_code == 404:
        return "It is in the trash, or gone."
    return " ".join(dict.fromkeys(row["message"] for row in field_errors(refusal)))
