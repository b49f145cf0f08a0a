"""Rows that are no longer needed."""

from django.db.models import QuerySet

CHUNK = 1000  # rows that one DELETE removes


def remove_in_chunks(rows: QuerySet) -> int:
    """Delete the rows and count them; each chunk for itself, so that no lock is held for long."""
    removed = 0
    while chunk := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        rows.filter(pk__in=chunk).delete()
        removed += len(chunk)
    return removed
