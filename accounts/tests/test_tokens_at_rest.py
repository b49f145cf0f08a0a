import pytest
from django.db import connection

from accounts.tests.factories import PASSWORD

TEXT_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb', 'json')
"""


def columns_with(text: str) -> list[str]:
    """Every column of every table in which a value holds the text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(TEXT_COLUMNS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text LIKE %s)',
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


@pytest.mark.django_db
def test_no_table_holds_a_token(api):
    client = api()
    ada = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    client.post("/api/auth/register", ada)
    pair = client.post("/api/auth/login", {"username": "ada", "password": PASSWORD}).json()
    pair = client.post("/api/auth/refresh", {"refresh": pair["refresh"]}).json()
    client.post("/api/auth/logout", {"refresh": pair["refresh"]})

    assert columns_with("eyJ") == []
    assert columns_with(pair["access"].split(".")[2]) == []


@pytest.mark.django_db
def test_the_search_finds_what_is_there(owner):
    assert "accounts_user.email" in columns_with("owner@example")
