from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from neofi.db.client import DatabaseClient
from neofi.embedded import EmbeddedPostgresError, server_in


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL backend, on the embedded server that the first connection starts."""

    client_class = DatabaseClient

    @property
    def server(self):
        return server_in(settings.EMBEDDED_POSTGRES_DIR, settings.EMBEDDED_POSTGRES_DURABLE)

    def get_connection_params(self):
        try:
            return super().get_connection_params() | self.server.connection_params()
        except EmbeddedPostgresError as error:
            # What a database that cannot be reached raises with any other server.
            raise OperationalError(str(error)) from error
