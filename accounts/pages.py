"""Pages for people in a browser."""

from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy

from accounts.forms import ResetPasswordForm


class NewPasswordPage(PasswordResetConfirmView):
    """Where the link of a mail leads. It works once: the token is made from the old password."""

    form_class = ResetPasswordForm
    template_name = "accounts/password_reset.html"
    success_url = reverse_lazy("password-reset-done")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None
