"""What all pages of the staff have in common."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Counts no further than MOST_COUNTED, for a whole table may be large."""

    @cached_property
    def count(self):
        # An order would have the database sort what is only counted.
        return self.object_list.order_by()[:MOST_COUNTED].count()


class StaffAdmin(ModelAdmin):
    """Lists that cost the same at any size, and the theme."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = True
