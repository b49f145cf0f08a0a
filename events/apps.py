from django.apps import AppConfig


class EventsConfig(AppConfig):
    """What happens when: events, who may see them, and every version of them."""

    name = "events"
