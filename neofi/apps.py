from django.apps import AppConfig


class NeofiConfig(AppConfig):
    """What every app shares: it has no models, but commands, templates tags and checks."""

    name = "neofi"
    verbose_name = "NeoFi"
