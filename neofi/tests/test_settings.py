"""Settings from the environment: what they say of a value that is of no use."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


def import_with(code="", **environment):
    return subprocess.run(
        [sys.executable, "-c", f"from neofi import settings; {code}"],
        env=os.environ | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("level", ["verbose", "info", ""])
def test_an_unknown_log_level_is_refused_by_name(level):
    run = import_with(LOG_LEVEL=level)
    assert run.returncode == 1
    assert "LOG_LEVEL" in run.stderr.splitlines()[-1]


def test_an_empty_key_file_is_refused_by_name(tmp_path):
    (tmp_path / "secret-key").touch()
    run = import_with(VAR_DIR=str(tmp_path), SECRET_KEY="")
    assert f"{tmp_path}/secret-key is empty" in run.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "entries"),
    [("", "100000"), ("locmem://", "100000"), ("redis://host:6379/0", "None")],
)
def test_the_local_cache_holds_a_counter_for_everybody(url, entries):
    code = "print(settings.CACHES['default'].get('OPTIONS', {}).get('MAX_ENTRIES'))"
    run = import_with(code, **({"CACHE_URL": url} if url else {}))
    assert run.stdout.strip() == entries


@pytest.mark.parametrize("url", ["nonsense", "pigeon://host"])
def test_an_unknown_way_to_send_mail_is_refused_by_name(url):
    run = import_with(EMAIL_URL=url)
    assert run.returncode == 1
    assert "EMAIL_URL" in run.stderr.splitlines()[-1]


def test_a_mail_server_is_not_waited_for_for_ever():
    code = "print(settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT)"
    run = import_with(code, EMAIL_URL="submission://ada:secret@mail.example.org")
    assert run.stdout.strip() == "mail.example.org True 10"
