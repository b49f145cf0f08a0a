"""What PostgreSQL does for a request: each statement run once more, under EXPLAIN ANALYZE.

A prepared statement is planned as it will be after some runs, without its parameters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from neofi.tests.queries import TRANSACTION_CONTROL

OURS = ("events_", "accounts_")


@dataclass
class Plan:
    """`read` counts the rows that scans have found or passed over, of all loops."""

    sql: str
    indexes: set[str] = field(default_factory=set)
    scanned_whole: set[str] = field(default_factory=set)
    read: int = 0

    def add(self, node: dict) -> None:
        if "Index Name" in node:
            self.indexes.add(node["Index Name"])
        if node["Node Type"].endswith("Seq Scan"):
            self.scanned_whole.add(node["Relation Name"])
        if "Scan" in node["Node Type"] and node["Node Type"] != "Subquery Scan":
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            self.read += round(rows * node["Actual Loops"])
        for part in node.get("Plans", []):
            self.add(part)


def plans(client, url: str) -> list[Plan]:
    """Of all that this request sends."""
    with _sent() as statements:
        response = client.get(url)
    assert response.status_code == 200, response.content
    return [_plan(sql, params) for sql, params in statements]


@contextmanager
def _sent() -> Iterator[list]:
    statements = []

    def note(execute, sql, params, many, context):
        if not str(sql).startswith((*TRANSACTION_CONTROL, "EXPLAIN")):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _plan(sql: str, params) -> Plan:
    with connection.cursor() as cursor:
        if prepared := "$1" in sql:
            cursor.execute("SET plan_cache_mode = force_generic_plan")
            cursor.execute(f"PREPARE explained AS {sql}".replace("%", "%%"), ())
            sql = f"EXECUTE explained ({', '.join(['%s'] * len(params))})"
        try:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            [[[found]]] = cursor.fetchall()
        finally:
            cursor.execute("RESET plan_cache_mode")
            if prepared:
                cursor.execute("DEALLOCATE explained")
    plan = Plan(sql)
    plan.add(found["Plan"])
    return plan
