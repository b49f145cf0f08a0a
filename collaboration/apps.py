from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class CollaborationConfig(AppConfig):
    """How people work together on events."""

    name = "collaboration"

    def ready(self):
        # After auth's turn: it comes behind our apps, whose permissions are there by then.
        auth = apps.get_app_config("auth")
        post_migrate.connect(_make_groups, sender=auth, dispatch_uid="collaboration.groups")


def _make_groups(using, apps=apps, **_) -> None:
    """`apps` are as they are after that migration; none are given when tables have been emptied."""
    from collaboration import groups

    groups.make_support(apps, using)
