import os
import subprocess
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = "Write the whole database to standard output, as SQL that `manage.py dbshell` reads."
    requires_system_checks = []  # they import every view

    def handle(self, **options):
        # Where psql connects to, pg_dump does too: the two take the same options for it.
        arguments, env = connection.client.settings_to_cmd_args_env(
            connection.settings_dict, ["--no-owner", "--no-privileges"]
        )
        program = str(Path(arguments[0]).with_name("pg_dump"))
        try:
            subprocess.run([program, *arguments[1:]], env=os.environ | (env or {}), check=True)
        except FileNotFoundError as error:
            raise CommandError("There is no pg_dump on the PATH.") from error
        except subprocess.CalledProcessError as error:
            raise CommandError("pg_dump has failed: there is no whole dump.") from error
