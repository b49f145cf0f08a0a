import pytest
from django.db import IntegrityError
from rest_framework.exceptions import ValidationError

from accounts.models import User
from accounts.tests.factories import UserFactory
from neofi.transactions import refusal_of, service


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
