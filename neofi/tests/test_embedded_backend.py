"""The database backend: when it starts the embedded server, and when it leaves that alone."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from neofi.db.base import DatabaseWrapper


def wrapper():
    return DatabaseWrapper({**connection.settings_dict, "NAME": "neofi"})


@pytest.fixture
def no_server(tmp_path, settings):
    """An embedded server that would fail, if it were asked for."""
    settings.EMBEDDED_POSTGRES_DIR = tmp_path / "file" / "postgres"
    (tmp_path / "file").write_text("not a folder")


def test_it_is_postgresql_to_django():
    assert connection.vendor == "postgresql"


def engine_with(url: str) -> str:
    code = "from neofi.settings import DATABASES; print(DATABASES['default']['ENGINE'])"
    environment = {**os.environ, "DATABASE_URL": url}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.mark.parametrize("url", ["postgres://db.example/neofi", "postgresql:///name"])
def test_a_database_url_needs_no_embedded_server(url):
    assert engine_with(url) == "django.db.backends.postgresql"


def test_without_a_database_url_the_engine_is_ours():
    assert engine_with("") == "neofi.db"


def test_an_embedded_server_that_cannot_be_used_is_a_database_out_of_reach(no_server):
    with pytest.raises(OperationalError, match="cannot be used"):
        wrapper().get_connection_params()


def test_setting_up_django_starts_nothing(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=environment | {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "neofi.settings"},
        cwd=settings.BASE_DIR,
        check=True,
    )
    assert not (tmp_path / "postgres").exists()
