"""Rows that are no longer needed."""

from django.db.models import QuerySet

from neofi.transactions import service

CHUNK = 1000  # rows that one DELETE removes


@service
def _remove(rows: QuerySet, chunk: list) -> None:
    rows.filter(pk__in=chunk).delete()


def remove_in_chunks(rows: QuerySet) -> int:
    """Delete the rows and count them; each chunk for itself, so that no lock is held for long."""
    removed = 0
    while chunk := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        _remove(rows, chunk)
        removed += len(chunk)
    return removed
