"""The staff's door to users."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models.functions import Lower
from django.shortcuts import redirect
from django.urls import reverse
from rest_framework.exceptions import APIException
from unfold.decorators import display
from unfold.forms import UserChangeForm, UserCreationForm

from accounts import guards
from accounts.forms import NewPasswordForm, StaffLoginForm
from accounts.models import User
from collaboration.admin.base import StaffAdmin, sentence
from collaboration.admin.of_people import link
from collaboration.admin.user_actions import UserActions
from collaboration.admin.user_counts import UserChangeList, counted, shown
from collaboration.admin.user_deletion import UserDeletion

admin.site.login_form = StaffLoginForm

# Whoever may set these is above all others.
RANKS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class NewUserForm(UserCreationForm):
    class Meta(UserCreationForm.Meta):
        model = User
        fields = ["username", "email", "timezone"]


class UserForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        # Django's says to untick it.
        help_texts = {"is_active": "May sign in. The buttons above switch it."}


class SignedInFilter(admin.SimpleListFilter):
    title = "signed in"
    parameter_name = "signed_in"

    def lookups(self, request, model_admin):
        return [("never", "Never"), ("once", "At least once")]

    def queryset(self, request, queryset):
        if self.value() not in ("never", "once"):
            return queryset
        return queryset.filter(last_login__isnull=self.value() == "never")


@admin.register(User)
class UserAdmin(UserActions, UserDeletion, DjangoUserAdmin, StaffAdmin):
    """Whether somebody may sign in is no field here: deactivating them is a deed of its own."""

    form = UserForm
    add_form = NewUserForm
    filter_horizontal = []  # wider than the page
    change_password_form = NewPasswordForm
    add_fieldsets = [
        (None, {"fields": [*NewUserForm.Meta.fields, "usable_password", "password1", "password2"]})
    ]
    fieldsets = [
        (None, {"fields": ["id", "username", "is_active", "password"]}),
        ("Profile", {"fields": ["email", "first_name", "last_name", "timezone"]}),
        ("Activity", {"fields": ["owned", "shared", "sessions", "failed"]}),
        ("Permissions", {"fields": RANKS}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    numbers = ["owned", "shared", "sessions", "failed"]
    readonly_fields = ["id", "is_active", "last_login", "date_joined", *numbers]
    list_display = [
        "username",
        "email",
        "is_active",
        "is_staff",
        "date_joined",
        "last_login",
        "owned",
        "shared",
        "sessions",
    ]
    list_filter = ["is_active", "is_staff", "is_superuser", SignedInFilter]
    # What an index orders.
    ordering = [Lower("username")]
    sortable_by = ["date_joined"]
    search_fields = ["username", "email"]
    search_help_text = "The beginning of a user name, a whole e-mail address, or an id."

    def get_changelist(self, request, **kwargs):
        return UserChangeList

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        return (queryset.found_by(text) if text else queryset), False

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        if obj:
            fields.append("username")
        return fields if request.user.is_superuser else [*fields, *RANKS]

    def has_change_permission(self, request, obj=None):
        if isinstance(obj, User) and guards.is_above(obj, request.user):
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        before = form.initial.get("is_superuser") and form.initial.get("is_staff")
        if change and before and not (obj.is_superuser and obj.is_staff):
            guards.check_not_last(User(pk=obj.pk, is_superuser=True, is_active=obj.is_active))

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except APIException as refusal:
            self.message_user(request, f"Not saved: {sentence(refusal)}", messages.ERROR)
            return redirect(request.get_full_path())

    @display(description="events owned")
    def owned(self, user):
        return _number(user, "owned", "events_event", f"owner={user.pk}")

    @display(description="shared with them")
    def shared(self, user):
        return shown(_counts(user)["shared"])

    @display(description="open sessions")
    def sessions(self, user):
        asked = f"user__id__exact={user.pk}&state=open"
        return _number(user, "open_sessions", "accounts_session", asked)

    @display(description="failed logins")
    def failed(self, user):
        return _number(user, "failed", "accounts_failedlogin", f"user__id__exact={user.pk}")


def _number(user: User, name: str, model: str, asked: str) -> str:
    """A count that leads to the list behind it."""
    path = reverse(f"admin:{model}_changelist")
    return link(f"{path}?{asked}", shown(_counts(user)[name]))


def _counts(user: User) -> dict[str, int]:
    """Of a list they have been counted for the whole page; of somebody's own page, now."""
    if not hasattr(user, "counts"):
        counted([user])
    return user.counts
