"""What must be true of the versions of an event, however they were written."""

from events.models import Event, HistoricalEvent


def assert_chained(event) -> None:
    """Without gaps, at instants that grow, each hash from the one before up to the event's own."""
    head, at = "", None
    rows = list(HistoricalEvent.objects.of_event(event.pk).order_by("version"))
    for number, row in enumerate(rows, start=1):
        head = row.hash_after(head)
        assert (row.version, row.hash) == (number, head)
        assert at is None or row.history_date > at
        at = row.history_date
    now = Event.objects.get(pk=event.pk)
    assert (now.version, now.history_head, now.updated_at) == (len(rows), head, at)
    assert now.history_at >= at
