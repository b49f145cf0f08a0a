"""What bin/serve runs: everything from an empty checkout to a server that answers."""

import signal
import sys
from functools import partial

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connections
from environs import Env, EnvError, validate

from neofi import heap, serving
from neofi.db.base import DatabaseWrapper as EmbeddedDatabase
from neofi.embedded.locks import FileLock
from neofi.secrets import EmptySecret


class Command(BaseCommand):
    help = "Serve on HOST:PORT (127.0.0.1:8000) with the production server, until Ctrl-C."
    # Checks may connect, and so start the database: not before the port is known to be free.
    requires_system_checks = []

    def handle(self, **options):
        heap.keep_little()  # before the steps below take what the workers would inherit
        self._stopped = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.VAR_DIR / "serve.lock")
        if not lock.acquire(wait=False):
            raise CommandError(f"NeoFi is being served from {settings.VAR_DIR} already.")
        try:
            self._prepare_and_serve()
        except (EmptySecret, EnvError, OperationalError, serving.PortUnavailable) as error:
            raise CommandError(str(error)) from error

    def _prepare_and_serve(self):
        env = Env()
        host = env.str("HOST", "127.0.0.1")
        port = env.int("PORT", 8000, validate=validate.Range(1, 65535))
        workers = env.int("WEB_CONCURRENCY", 2, validate=validate.Range(min=1))
        pin = env.bool("WORKER_CPU_AFFINITY", True)

        address = serving.address_to_listen_on(host, port)
        steps = [
            self.check,
            partial(call_command, "migrate", interactive=False, verbosity=0),
            self._say_where_the_data_is,
            partial(call_command, "collectstatic", interactive=False, verbosity=0),
            partial(call_command, "create_first_admin", stdout=self.stdout),
            partial(call_command, "tidy", verbosity=0),
            connections.close_all,  # the workers are forks, and a connection cannot be shared
            partial(serving.serve, address, port, workers, pin, self._announcement(host, port)),
        ]
        for step in steps:
            if self._stopped:
                return
            step()

    def _say_where_the_data_is(self):
        database = connections["default"]
        if isinstance(database, EmbeddedDatabase):
            self.stdout.write(f"PostgreSQL runs {database.server.place}.")

    def _stop(self, number, frame):
        # After the present step, for an exception may come at a moment when a library would
        # catch it or be left in disorder. A second signal does not wait.
        if self._stopped:
            sys.exit(1)
        self._stopped = True

    def _announcement(self, host, port):
        host = f"[{host}]" if ":" in host else host

        def announce():
            self.stdout.write(f"NeoFi is ready at http://{host}:{port}/ (Ctrl-C stops it)")
            self.stdout.flush()

        return announce
