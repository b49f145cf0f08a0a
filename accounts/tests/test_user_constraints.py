import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_user_name_is_unique_in_any_case():
    UserFactory(username="Ada", email="one@example.org")
    with pytest.raises(IntegrityError, match="user_username_unique"):
        UserFactory(username="aDA", email="two@example.org")


def test_the_address_is_unique_in_any_case():
    UserFactory(username="one", email="ada@example.org")
    with pytest.raises(IntegrityError, match="user_email_unique"):
        UserFactory(username="two", email="Ada@Example.org")


@pytest.mark.parametrize("username", ["ab", "a b", "adä", "ada\n", "a@b", ""])
def test_the_user_name_has_a_form(username):
    with pytest.raises(IntegrityError, match="user_username_form"):
        UserFactory(username=username, email="ada@example.org")


def test_there_is_an_address():
    with pytest.raises(IntegrityError, match="user_email_form"):
        UserFactory(email="")


def test_ids_are_in_order_of_creation():
    users = [UserFactory() for _ in range(5)]
    assert {user.pk.version for user in users} == {7}
    assert [user.pk for user in users] == sorted(user.pk for user in users)


def test_users_are_identified_by_id_address_or_name():
    ada = UserFactory(username="ada", email="ada@example.org")
    UserFactory(username="bob")
    for text in [str(ada.pk), str(ada.pk).upper(), "ADA", "Ada@Example.Org"]:
        assert User.objects.identified_by([text]) == {text: ada}


@pytest.mark.parametrize("text", ["", "nobody", "a@b", "ada\0", "ada\0@x", f"{{{'0' * 32}}}", "%"])
def test_nobody_is_identified_by_anything_else(text):
    UserFactory(username="ada")
    assert User.objects.identified_by([text]) == {}


def test_many_are_identified_in_one_query(django_assert_num_queries):
    ada, bob = UserFactory(username="ada"), UserFactory(username="bob")
    UserFactory(username="gone", is_active=False)
    texts = ["ADA", str(bob.pk), "Bob@example.org", "gone", "nobody", "a\0b"]
    with django_assert_num_queries(1):
        found = User.objects.identified_by(texts)
    assert found == {"ADA": ada, str(bob.pk): bob, "Bob@example.org": bob}


def test_the_natural_key_has_no_case():
    ada = UserFactory(username="ada")
    assert User.objects.get_by_natural_key("ADA") == ada


@pytest.mark.parametrize(
    ("users", "index"),
    [
        (User.objects.named("ada"), "user_username_"),  # the planner takes either
        (User.objects.with_email("ada@example.org"), "user_email_unique"),
    ],
)
def test_looking_up_uses_the_unique_index(users, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table of a test is too small
    assert index in users.explain()
