from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed


class AccountsConfig(AppConfig):
    """Who you are: users, their sessions, and the tokens that stand for a session."""

    name = "accounts"

    def ready(self):
        user_login_failed.connect(_note_failed_login, dispatch_uid="accounts.failed_logins")


def _note_failed_login(**told) -> None:
    # Imported when it is needed: most commands sign nobody in.
    from accounts import receivers

    receivers.note_failed_login(**told)
