"""The staff user of the first run, and when there is none."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.tests.factories import UserFactory


@pytest.fixture
def create(db, settings, tmp_path):
    """Run the command; what it said on standard output and on standard error."""
    settings.VAR_DIR = tmp_path

    def run():
        call_command("create_first_admin", stdout=(out := StringIO()), stderr=(err := StringIO()))
        return out.getvalue(), err.getvalue()

    return run


def test_the_password_that_it_shows_is_the_one(create, tmp_path):
    out, _ = create()
    password = (tmp_path / "admin-password").read_text().strip()
    assert password in out
    assert User.objects.get(is_staff=True).check_password(password)


def test_an_ordinary_user_of_that_name_stops_nothing(create, tmp_path):
    UserFactory(username="Admin")
    for _ in range(2):
        out, err = create()
        assert out == ""
        assert "createsuperuser" in err
        assert err.count("\n") == 1
        assert not (tmp_path / "admin-password").exists()
    assert not User.objects.filter(is_staff=True).exists()
