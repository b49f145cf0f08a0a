from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, their sessions, and the tokens that stand for a session."""

    name = "accounts"

    def ready(self):
        from accounts import schema  # noqa: F401  registers itself with drf-spectacular
