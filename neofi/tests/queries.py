"""How many statements a piece of code sends to the database."""

from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

# A savepoint stands for the transaction that a request has outside of tests.
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(TRANSACTION_CONTROL)
    ]


@contextmanager
def queries(expected: int):
    """Exactly so many statements are sent in the block; transaction control is not counted."""
    with CaptureQueriesContext(connection) as captured:
        yield
    sent = statements(captured)
    shown = [sql[:1000] for sql in sent]
    assert len(sent) == expected, "\n\n".join([f"{len(sent)} instead of {expected}:", *shown])
