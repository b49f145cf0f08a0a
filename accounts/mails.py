"""The mails about accounts."""

from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User


def send_password_reset(user: User, site: str) -> None:
    """A link to choose a new password, at `site` (`https://host`). Raises OSError."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("password-reset", args=[uid, default_token_generator.make_token(user)])
    text = render_to_string("accounts/password_reset.txt", {"user": user, "link": site + path})
    send_mail("A new password for NeoFi", text, from_email=None, recipient_list=[user.email])
