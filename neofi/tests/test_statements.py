"""Querysets that are compiled once."""

import pytest
from django.db import OperationalError, connection, models

from accounts.models import User
from accounts.tests.factories import UserFactory
from neofi import statements
from neofi.statements import Bound, Parameter, Statement

USERNAME = Parameter("username", models.CharField())
NAMED = User.objects.filter(username=USERNAME)
ID = Statement(NAMED.values_list("id"))


@pytest.mark.django_db
def test_a_statement_finds_what_its_queryset_would():
    ada, _ = UserFactory(username="ada"), UserFactory(username="bob")
    statement = Statement(NAMED.values_list("id", "email"))
    assert statement.row(username="ada") == (ada.pk, ada.email)
    assert statement.row(username="ada").email == ada.email
    assert statement.rows(username="nobody") == []
    assert statement.row(username="nobody") is None


def test_what_is_no_parameter_stands_in_the_sql():
    odd = User.objects.filter(username=USERNAME, email="100%' o\\'r \\ $1 %s")
    statement = Statement(odd.values_list("id"))
    assert statement.parameters == ["username"]
    assert statement.sql.count("$1") == 2  # of which one is the text's
    assert "100%'' o" in statement.sql


@pytest.mark.django_db
def test_odd_texts_in_the_sql_are_found_as_they_are():
    odd = "100%' o\\'r \\ $1 %s {} \N{SNOWMAN}"
    UserFactory(username="ada", first_name=odd)
    statement = Statement(NAMED.filter(first_name=odd).values_list("first_name"))
    assert statement.row(username="ada").first_name == odd


def test_a_parameter_that_is_used_twice_is_given_once():
    statement = Statement(NAMED.filter(first_name=USERNAME).values_list("id"))
    assert statement.parameters == ["username"]
    assert "$2" not in statement.sql


@pytest.mark.django_db
def test_statements_are_counted_as_queries(django_assert_num_queries):
    statement = Statement(NAMED.values_list("id"))
    with django_assert_num_queries(1):
        statement.row(username="ada")


@pytest.mark.django_db
def test_statements_in_turn_find_what_each_would_alone(django_assert_num_queries):
    ada, bob = UserFactory(username="ada"), UserFactory(username="bob")
    of_ada, of_bob = (Bound(ID, {"username": name}) for name in ("ada", "bob"))
    nobody = Bound(Statement(NAMED.values_list("email")), {"username": "nobody"})
    with django_assert_num_queries(3):
        found = statements.fetch_in_turn(of_ada, nobody, of_bob)
    assert found == [[(ada.pk,)], [], [(bob.pk,)]]


@pytest.fixture
def own_connection(transactional_db):
    """What a test may break."""
    yield
    connection.close()


def begin_request():
    """What Django does with the connection when a request begins."""
    connection.close()  # it may be about to come of age
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()


def end_backend():
    """PostgreSQL's end of our connection goes away, as at its restart."""
    pid = connection.connection.info.backend_pid
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.db.close()


def test_the_first_statement_of_a_request_mends_a_broken_connection(own_connection):
    UserFactory(username="ada")
    begin_request()
    end_backend()
    assert Statement(NAMED.values_list("username")).row(username="ada") == ("ada",)


def test_a_connection_that_breaks_during_a_request_is_told(own_connection):
    statement = Statement(NAMED.values_list("username"))
    begin_request()
    statement.row(username="ada")
    end_backend()
    with pytest.raises(OperationalError):
        statement.row(username="ada")


def test_a_refused_statement_is_not_run_again(own_connection):
    begin_request()
    statements.execute("SET statement_timeout = 1")
    connection.health_check_done = False
    with pytest.raises(OperationalError):
        statements.fetch("SELECT pg_sleep(1)", [])
    assert connection.is_usable()
