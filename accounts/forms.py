"""The login forms of the pages, and the staff's form for somebody's password."""

from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from unfold import forms as staff

from accounts import services
from accounts.serializers import LoginSerializer


class WideLogin:
    """As long a name and password as the API takes: Django allows for a user name, no address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        taken = LoginSerializer().fields
        for name, field in self.fields.items():
            field.widget.attrs["maxlength"] = taken[name].max_length


class LoginForm(WideLogin, AuthenticationForm):
    pass


class StaffLoginForm(WideLogin, staff.AuthenticationForm):
    pass


class NewPasswordForm(staff.AdminPasswordChangeForm):
    """Whoever knew the old password is signed out."""

    @transaction.atomic
    def save(self, commit=True):
        user = super().save(commit)
        services.end_sessions(user=user)
        return user
