"""The SQL of the reference server: a read is one statement, and asks for access itself."""

CONTENT = ("title", "description", "location", "start_time", "end_time")
COLUMNS = "e.id, e.version, e.title, e.description, e.location, e.start_time, e.end_time"
SHOWN = f"{COLUMNS}, e.updated_at, e.updated_by"

ONE = f"""
    SELECT {SHOWN}, access.role FROM access JOIN event e ON e.id = access.event_id
    WHERE access.person_id = %s AND access.event_id = %s
"""


def page(size: int, *, after: bool) -> str:
    """One row more than `size`, which tells whether there is a next page.

    The page is cut in the index of access, and its events are fetched then. The size stands in the
    text: a planner that does not know it prepares to read everything.
    """
    behind = "AND (start_time, event_id) > (%s, %s)" if after else ""
    return f"""
        SELECT {SHOWN}, cut.role FROM (
            SELECT event_id, start_time, role FROM access WHERE person_id = %s {behind}
            ORDER BY start_time, event_id LIMIT {size + 1}
        ) cut JOIN event e ON e.id = cut.event_id
        ORDER BY cut.start_time, cut.event_id
    """


VERSIONS = """
    SELECT version.number, version.at, person.name AS by, version.content
    FROM access JOIN version USING (event_id) JOIN person ON person.id = version.by_id
    WHERE access.person_id = %s AND access.event_id = %s
"""
CHANGELOG = f"{VERSIONS} ORDER BY version.number DESC LIMIT 101"
TWO_VERSIONS = f"{VERSIONS} AND version.number IN (%s, %s) ORDER BY version.number"

CREATE = f"""
    WITH e AS (
        INSERT INTO event (title, description, location, start_time, end_time, updated_by)
        VALUES (%s, %s, %s, %s, %s, %s) RETURNING *
    ), granted AS (
        INSERT INTO access (person_id, event_id, role, start_time)
        SELECT updated_by, id, 'owner', start_time FROM e
    ), kept AS (
        INSERT INTO version (event_id, number, by_id, content)
        SELECT id, version, updated_by, %s FROM e
    )
    SELECT {SHOWN}, 'owner' AS role FROM e
"""

# Whoever waited for the row must not go by the role that they had before: so it is read by the
# second statement, which sees what was committed meanwhile.
LOCK = "SELECT FROM event WHERE id = %s FOR UPDATE"
UPDATE = f"""
    WITH e AS (
        UPDATE event SET title = %s, description = %s, location = %s, start_time = %s,
            end_time = %s, updated_by = %s, updated_at = now(), version = version + 1
        FROM access
        WHERE event.id = %s AND access.event_id = event.id AND access.person_id = %s
            AND access.role IN ('editor', 'owner')
        RETURNING event.*, access.role
    ), moved AS (
        UPDATE access SET start_time = e.start_time FROM e
        WHERE access.event_id = e.id AND access.start_time <> e.start_time
    ), kept AS (
        INSERT INTO version (event_id, number, by_id, content)
        SELECT id, version, updated_by, %s FROM e
    )
    SELECT {SHOWN}, e.role FROM e
"""
