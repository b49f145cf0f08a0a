from django.db.backends.postgresql import client

from neofi.embedded import binaries


class DatabaseClient(client.DatabaseClient):
    """psql on the embedded server: the one that came with it, since the machine may have none."""

    def settings_to_cmd_args_env(self, settings_dict, parameters):
        there = self.connection.get_connection_params()
        place = {name.upper(): there[name] for name in ("host", "port", "user")}
        arguments, env = super().settings_to_cmd_args_env(settings_dict | place, parameters)
        return [str(binaries.find() / arguments[0]), *arguments[1:]], env
