"""Signing staff in, and going through their pages as a browser without JavaScript does."""

import re
from html import unescape

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from collaboration.groups import SUPPORT

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def url(model: str, view: str, *args) -> str:
    return reverse(f"admin:accounts_{model}_{view}", args=args)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def superuser(username: str = "admin") -> User:
    address = f"{username}@example.com"
    return services.create_staff_user(username=username, email=address, password=PASSWORD)


def with_permissions(*codenames: str) -> User:
    user = UserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


def supporter() -> User:
    user = UserFactory(username="support", is_staff=True)
    user.groups.add(Group.objects.get(name=SUPPORT))
    return user


def text_of(response) -> str:
    return unescape(response.content.decode())


def asked(client: Client, path: str, form: dict | None = None):
    """The page that asks for confirmation: of a list's action with `form`, else of a link."""
    response = client.post(path, form) if form else client.get(path)
    assert response.status_code == 200, response
    assert 'name="confirmed"' in response.content.decode(), "nothing was asked"
    return response


def confirm(client: Client, path: str, page, **typed):
    """Press the button of that page; what follows."""
    form: dict = {}
    for name, value in FIELD.findall(page.content.decode()):
        form.setdefault(name, []).append(unescape(value))
    return client.post(path, {**form, **typed}, follow=True)


def do(client: Client, path: str, form: dict | None = None, **typed):
    """Ask, and confirm."""
    return confirm(client, path, asked(client, path, form), **typed)
