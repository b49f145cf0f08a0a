"""Who was not let in, where from."""

from django.contrib import admin

from accounts.models import FailedLogin
from collaboration.admin.of_people import OfPeopleAdmin


@admin.register(FailedLogin)
class FailedLoginAdmin(OfPeopleAdmin):
    """The user is whom the name that was typed means; the name is not kept."""

    list_display = ["at", "person", "address", "user_agent"]
    fields = ["at", "person", "address", "user_agent"]
    readonly_fields = ["person"]
    ordering = ["-at"]
