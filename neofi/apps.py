from django.apps import AppConfig


class NeofiConfig(AppConfig):
    """What every app shares: it has no models, but commands and static files."""

    name = "neofi"
    verbose_name = "NeoFi"
