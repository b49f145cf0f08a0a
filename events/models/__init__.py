from events.models.answer import RememberedAnswer
from events.models.event import Event, HistoricalEvent
from events.models.grant import Grant, HistoricalGrant
from events.models.span import Span, Stay

__all__ = [
    "Event",
    "Grant",
    "HistoricalEvent",
    "HistoricalGrant",
    "RememberedAnswer",
    "Span",
    "Stay",
]
