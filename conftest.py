"""The standing cast of every test, and a client for each of them."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts import services
from accounts.tests.factories import UserFactory
from events.tests.factories import EventFactory, shared


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def empty_cache():
    """Throttles count in the cache: no test may spend another one's tries."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def owner(db):
    return UserFactory(username="owner")


@pytest.fixture
def editor(db):
    return UserFactory(username="editor")


@pytest.fixture
def viewer(db):
    return UserFactory(username="viewer")


@pytest.fixture
def stranger(db):
    return UserFactory(username="stranger")


@pytest.fixture
def event(owner, editor, viewer):
    """The owner's event, at version 1, shared with the editor and the viewer."""
    return shared(EventFactory(by=owner), {editor: "editor", viewer: "viewer"})


@pytest.fixture
def api(db):
    """`api(user)` is a client with a real access token of that user, `api()` an anonymous one."""

    def client_of(user=None) -> APIClient:
        client = APIClient()
        if user is not None:
            _, token = services.start_session(user=user)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.access_token}")
        return client

    return client_of
