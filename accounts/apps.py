from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, their sessions, and the tokens that stand for a session."""

    name = "accounts"
