from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure
from rest_framework.exceptions import ValidationError

from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.threads import at_once
from neofi import outages, statements, transactions
from neofi.statements import Bound, Statement
from neofi.transactions import execute_at_end, refusal_of, service


@service
def make_two(second: str) -> None:
    """Two people."""
    UserFactory(username="first")
    UserFactory(username=second)


def test_a_service_writes_all_or_nothing(db):
    with pytest.raises(ValidationError):
        make_two("FIRST")
    assert not User.objects.exists()
    make_two("second")
    assert User.objects.count() == 2


def test_a_constraint_speaks_in_its_own_sentence(db):
    with pytest.raises(ValidationError) as refused:
        make_two("FIRST")
    assert refused.value.get_codes() == {"username": ["taken"]}
    assert refused.value.detail == {"username": ["This user name is taken."]}


def test_a_service_keeps_its_name():
    assert (make_two.__name__, make_two.__doc__) == ("make_two", "Two people.")


def test_an_error_of_no_constraint_is_no_refusal():
    assert refusal_of(IntegrityError("of something else")) is None


def rename_both(first: str, second: str, meet) -> list[int]:
    """Lock two people one after the other: in opposite orders at once, a deadlock."""
    tries = []

    @service
    def rename():
        tries.append(1)
        User.objects.filter(username=first).update(first_name=first)
        meet()
        User.objects.filter(username=second).update(first_name=first)

    with connection.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '20ms'")
    rename()
    return tries


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_begun_again_until_both_have_written():
    UserFactory(username="ada")
    UserFactory(username="bob")
    both_hold_one = Barrier(2, timeout=1)

    def meet():
        with suppress(BrokenBarrierError):  # the second time there is nobody to meet
            both_hold_one.wait()

    def crossing(*names):
        return lambda: rename_both(*names, meet)

    tries = at_once(crossing("ada", "bob"), crossing("bob", "ada"))
    assert sorted(map(len, tries))[0] == 1
    assert sum(map(len, tries)) >= 3
    assert len(set(User.objects.values_list("first_name", flat=True))) == 1


class Clashing:
    """A service that loses so many times before it gets through."""

    def __init__(self, times: int, error=DeadlockDetected):
        self.runs, self.times, self.error = 0, times, error

    def __call__(self):
        self.runs += 1
        UserFactory(username=f"run-{self.runs}")
        if self.runs <= self.times:
            raise OperationalError("lost") from self.error("lost")
        return "done"


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(transactions, "FIRST_PAUSE", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [DeadlockDetected, SerializationFailure])
def test_what_lost_is_undone_and_run_again_whole(no_pauses, error):
    assert service(Clashing(2, error))() == "done"
    assert list(User.objects.values_list("username", flat=True)) == ["run-3"]


@pytest.mark.django_db(transaction=True)
def test_the_tries_come_to_an_end(no_pauses):
    clashing = Clashing(1000)
    with pytest.raises(outages.Unavailable) as refused:
        service(clashing)()
    assert (refused.value.status_code, refused.value.get_codes()) == (503, "busy")
    assert clashing.runs == transactions.TRIES
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_try_begins_after_too_long_a_time(no_pauses, monkeypatch):
    monkeypatch.setattr(transactions, "PATIENCE", -1)
    clashing = Clashing(1000)
    with pytest.raises(outages.Unavailable):
        service(clashing)()
    assert clashing.runs == 1


@pytest.mark.django_db(transaction=True)
def test_only_the_outermost_service_begins_again(no_pauses):
    inner = Clashing(2)
    outer = []

    @service
    def write():
        outer.append(inner.runs)
        return service(inner)()

    assert write() == "done"
    assert outer == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_inside_of_another_transaction_nothing_is_begun_again():
    clashing = Clashing(2)
    with pytest.raises(DatabaseError), transaction.atomic():
        service(clashing)()
    assert clashing.runs == 1


@pytest.mark.django_db(transaction=True)
def test_other_errors_are_not_tried_again():
    broken = Clashing(2, error=ValueError)
    with pytest.raises(OperationalError):
        service(broken)()
    assert broken.runs == 1


NAMES = Bound(Statement(User.objects.values_list("username")), {})
RENAME = "UPDATE accounts_user SET username = $1 WHERE username = $2"


@service
def rename(before: str, after: str, *, then=lambda: None) -> None:
    execute_at_end(RENAME, [after, before])
    then()


def usernames() -> set[str]:
    return set(User.objects.values_list("username", flat=True))


@pytest.fixture
def ada(transactional_db):
    UserFactory(username="ada")


def test_a_statement_at_the_end_is_committed(ada):
    committed = []
    rename("ada", "bob", then=lambda: transaction.on_commit(lambda: committed.append(usernames())))
    assert committed == [{"bob"}]


def test_it_goes_before_whatever_follows_it(ada):
    seen = []
    rename("ada", "bob", then=lambda: seen.append(usernames()))
    rename("bob", "eve", then=lambda: seen.append(statements.fetch_in_turn(NAMES)[0]))
    assert seen == [{"bob"}, [("eve",)]]
    rename("eve", "zoe", then=lambda: execute_at_end(RENAME, ["ann", "zoe"]))
    assert usernames() == {"ann"}


def test_it_is_not_sent_if_the_service_refuses(ada):
    def refuse():
        raise outages.busy()

    with pytest.raises(outages.Unavailable):
        rename("ada", "bob", then=refuse)
    rename("ada", "eve", then=lambda: transaction.set_rollback(True))
    assert usernames() == {"ada"}
    assert connection.execute_wrappers == []


def test_what_the_end_is_refused_for_is_said_in_the_constraints_sentence(ada):
    UserFactory(username="bob")
    with pytest.raises(ValidationError) as refused:
        rename("ada", "bob")
    assert refused.value.get_codes() == {"username": ["taken"]}
    assert usernames() == {"ada", "bob"}
    rename("ada", "eve")
    assert usernames() == {"eve", "bob"}


def test_inside_of_another_service_it_is_refused_where_it_stands(ada):
    UserFactory(username="bob")

    @service
    def rename_if_possible():
        with suppress(ValidationError):
            rename("ada", "bob")
        rename("ada", "eve")

    rename_if_possible()
    assert usernames() == {"eve", "bob"}


def test_a_service_inside_is_not_blamed_for_what_waits_outside(ada):
    UserFactory(username="bob")

    @service
    def rename_and_go_on():
        execute_at_end(RENAME, ["bob", "ada"])
        with suppress(ValidationError):
            rename("bob", "eve")

    with pytest.raises(ValidationError):
        rename_and_go_on()
    assert usernames() == {"ada", "bob"}


LOST_TWICE = """
DO $$ BEGIN
    IF nextval('tries') < 3 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END IF;
    UPDATE accounts_user SET username = 'bob';
END $$
"""


def test_what_lost_at_the_end_is_run_again_whole(ada, no_pauses):
    tries = []

    @service
    def rename_at_last():
        tries.append(1)
        execute_at_end(LOST_TWICE)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP SEQUENCE tries")
    rename_at_last()
    assert (len(tries), usernames()) == (3, {"bob"})
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE tries")


@pytest.mark.parametrize("savepoint", [True, False])
def test_in_a_part_of_the_transaction_it_is_run_at_once(ada, savepoint):
    @service
    def rename_in_part():
        with transaction.atomic(savepoint=savepoint):
            execute_at_end(RENAME, ["bob", "ada"])
            assert connection.execute_wrappers == []

    rename_in_part()
    assert usernames() == {"bob"}


def test_wrappers_of_others_go_away_with_their_block(ada):
    def other(execute, *args):
        return execute(*args)

    @service
    def rename_under_another():
        with connection.execute_wrapper(other):
            execute_at_end(RENAME, ["bob", "ada"])

    rename_under_another()
    assert (usernames(), connection.execute_wrappers) == ({"bob"}, [])


def test_outside_of_any_service_it_is_run_at_once(ada):
    with transaction.atomic():
        execute_at_end(RENAME, ["bob", "ada"])
    assert usernames() == {"bob"}
