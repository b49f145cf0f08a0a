from events.models.answer import RememberedAnswer
from events.models.event import Event, HistoricalEvent
from events.models.grant import Grant, HistoricalGrant
from events.models.span import Span

__all__ = ["Event", "Grant", "HistoricalEvent", "HistoricalGrant", "RememberedAnswer", "Span"]
