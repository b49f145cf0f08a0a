from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    """How people work together on events."""

    name = "collaboration"
