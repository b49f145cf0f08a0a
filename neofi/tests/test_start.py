"""What a command imports: what it does not use would cost it half a second."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

SERVER_ALONE = {
    "accounts.views",
    "argon2",
    "collaboration.views",
    "django.contrib.auth.admin",
    "drf_spectacular.plumbing",
    "events.views",
    "granian",
    "jsonschema",
    "neofi.urls",
    "rest_framework.schemas",
    "rest_framework.views",
    "unfold.admin",
}
COMMANDS = ["check_history", "dump", "purge_trash", "rebuild_spans", "rekey_history", "tidy"]
RUN = """
import sys
from django.core.management import execute_from_command_line
try:
    execute_from_command_line(["manage.py", *sys.argv[1:]])
finally:
    print("imported:", *sys.modules)
"""


def imported_by(*command: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", RUN, *command],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        env={"DJANGO_SETTINGS_MODULE": "neofi.settings", "SECRET_KEY": "of this test"},
    )
    return set(run.stdout.rpartition("imported:")[2].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_nothing_of_the_server(command):
    imported = imported_by(command, "--help")
    assert "django.db.models" in imported
    assert imported & SERVER_ALONE == set()


def test_the_check_of_a_deployment_does_import_the_server():
    """Or else the names above are out of date."""
    known = SERVER_ALONE - {"argon2", "granian", "jsonschema"}
    assert imported_by("check") & SERVER_ALONE >= known


def test_no_command_of_ours_runs_the_checks():
    """They import every view; `bin/serve` runs them, and `manage.py check`."""
    ours = {"accounts", "collaboration", "events", "neofi"}
    named = {name: app for name, app in get_commands().items() if app in ours}
    assert named.keys() > set(COMMANDS)
    for name, app in named.items():
        assert load_command_class(app, name).requires_system_checks == [], name


def test_the_admin_is_checked_with_all_its_pages():
    assert imported_by("check", "--tag", "admin") >= {
        "collaboration.admin.events",
        "collaboration.admin.users",
    }
