"""The login forms of the pages, and those for a new password."""

from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
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
    def confirm_login_allowed(self, user):
        try:
            super().confirm_login_allowed(user)
        except ValidationError:
            # The right password of somebody who is no staff: Django takes that for no failure.
            user_login_failed.send(
                __name__, credentials={"username": user.username}, request=self.request
            )
            raise


class SignsOut:
    """Whoever knew the old password is signed out."""

    @transaction.atomic
    def save(self, commit=True):
        user = super().save(commit)
        services.end_sessions(user=user)
        return user


class NewPasswordForm(SignsOut, staff.AdminPasswordChangeForm):
    pass


class ResetPasswordForm(SignsOut, SetPasswordForm):
    """What somebody chooses who has forgotten the old one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        longest = LoginSerializer().fields["password"].max_length
        for field in self.fields.values():
            field.validators.append(MaxLengthValidator(longest))
