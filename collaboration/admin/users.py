"""The staff's door to users and sessions."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

# Imported first, so that it has registered what is taken out below.
from rest_framework_simplejwt.token_blacklist import admin as _token_admin  # noqa: F401
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.forms import UserChangeForm, UserCreationForm

from accounts import services
from accounts.forms import NewPasswordForm, StaffLoginForm
from accounts.models import Session, User
from collaboration.admin.base import StaffAdmin

# Bookkeeping of the refresh endpoint, of no use to people: what they know is the session.
admin.site.unregister([OutstandingToken, BlacklistedToken])
admin.site.login_form = StaffLoginForm


class NewUserForm(UserCreationForm):
    class Meta(UserCreationForm.Meta):
        model = User
        fields = ["username", "email", "timezone"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin, StaffAdmin):
    """People are switched off here (`is_active`), not deleted: their events would lose an owner."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    add_fieldsets = [
        (None, {"fields": [*NewUserForm.Meta.fields, "usable_password", "password1", "password2"]})
    ]
    fieldsets = [
        (None, {"fields": ["id", "username", "password"]}),
        ("Profile", {"fields": ["email", "first_name", "last_name", "timezone"]}),
        (
            "Permissions",
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["id", "last_login", "date_joined"]
    list_display = ["username", "email", "is_active", "is_staff", "date_joined", "last_login"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "username"] if obj else fields

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            # Otherwise switching the user on again would revive what they were signed in with.
            services.end_sessions(user=obj)


@admin.register(Session)
class SessionAdmin(StaffAdmin):
    """Who is signed in, from where. Nothing here is edited; sessions can be ended."""

    actions = ["end"]
    list_display = ["user", "created_at", "last_used_at", "expires_at", "ended_at", "address"]
    list_filter = ["ended_at"]
    list_select_related = ["user"]
    ordering = ["-last_used_at"]
    search_fields = ["user__username", "user__email"]

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in Session._meta.fields]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="End the selected sessions", permissions=["change"])
    def end(self, request, queryset):
        for session in queryset:
            services.end_session(session_id=session.pk)
        self.message_user(request, f"Ended: {len(queryset)}.")
