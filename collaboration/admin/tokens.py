"""The bookkeeping of refresh tokens. No token is in the database, and none is shown."""

from django.contrib import admin

# Imported first, so that it has registered what is taken out below.
from rest_framework_simplejwt.token_blacklist import admin as _token_admin  # noqa: F401
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.decorators import display

from collaboration.admin.of_people import OfPeopleAdmin

admin.site.unregister([OutstandingToken, BlacklistedToken])


@admin.register(OutstandingToken)
class OutstandingTokenAdmin(OfPeopleAdmin):
    """Which refresh tokens have been issued, and which are of no use any more."""

    list_display = ["jti", "person", "created_at", "expires_at", "blacklisted"]
    list_select_related = ["user", "blacklistedtoken"]
    fields = ["jti", "person", "created_at", "expires_at", "blacklisted_at"]
    readonly_fields = ["person", "blacklisted_at"]
    ordering = ["-pk"]

    @display(boolean=True)
    def blacklisted(self, token):
        return hasattr(token, "blacklistedtoken")

    @display(description="blacklisted at")
    def blacklisted_at(self, token):
        return token.blacklistedtoken.blacklisted_at if self.blacklisted(token) else None
