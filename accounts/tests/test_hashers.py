import os
import sys
import threading

import pytest
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    check_password,
    identify_hasher,
    make_password,
)
from django.urls import reverse

from accounts import hashers
from accounts.hashers import PasswordHasher
from accounts.tests.factories import UserFactory


@pytest.fixture(autouse=True)
def cheap_passwords(settings, monkeypatch):
    """Ours after all, at next to no cost."""
    settings.PASSWORD_HASHERS = ["accounts.hashers.PasswordHasher"]
    monkeypatch.setattr(PasswordHasher, "time_cost", 2)
    monkeypatch.setattr(PasswordHasher, "memory_cost", 64)


def of_the_past(password="secret", **costs):
    """A hash of Django's own, of other costs."""
    hasher = Argon2PasswordHasher()
    vars(hasher).update({"time_cost": 1, "memory_cost": 64, "parallelism": 1} | costs)
    return hasher.encode(password, hasher.salt())


@pytest.fixture
def work(monkeypatch):
    """What is hashed from now on, each as passes x memory."""
    done = []

    def counting(self, password, salt):
        done.append(self.time_cost * self.memory_cost)
        return ENCODE(self, password, salt)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counting)
    return done


ENCODE = Argon2PasswordHasher.encode


def test_the_cost_is_the_one_that_is_set():
    assert make_password("secret").startswith("argon2$argon2id$v=19$m=64,t=2,p=1$")


def test_a_password_is_checked():
    encoded = make_password("secret")
    assert check_password("secret", encoded)
    assert not check_password("Secret", encoded)
    assert not identify_hasher(encoded).must_update(encoded)


@pytest.mark.parametrize("costs", [{"time_cost": 3}, {"memory_cost": 128}, {"parallelism": 2}])
def test_a_hash_of_another_cost_is_made_anew_at_the_next_login(db, client, costs):
    ada = UserFactory(username="ada")
    ada.password = of_the_past("analytical-engine-1843", **costs)
    ada.save()
    assert not client.login(username="ada", password="wrong")
    assert client.login(username="ada", password="analytical-engine-1843")
    ada.refresh_from_db()
    assert ada.password.startswith("argon2$argon2id$v=19$m=64,t=2,p=1$")


@pytest.mark.parametrize(
    ("costs", "rest"),
    [
        ({"time_cost": 1}, [64]),
        ({"time_cost": 1, "memory_cost": 32}, [128]),
        ({"time_cost": 2}, []),
        ({"time_cost": 4, "memory_cost": 128, "parallelism": 8}, []),
    ],
)
def test_a_wrong_password_takes_as_long_at_a_cheaper_hash(work, costs, rest):
    """An unknown user costs a whole hash: what this one spared is made up for."""
    past = of_the_past(**costs)
    work.clear()
    assert not check_password("wrong", past)
    assert work == rest


def test_it_is_hashed_aside_and_behind_others():
    def where():
        return threading.get_ident(), os.getpriority(os.PRIO_PROCESS, 0)

    here, before = where()
    there, priority = hashers._aside(where)
    assert there != here
    if sys.platform == "linux":
        assert priority == min(before + hashers.NICENESS, 19)
    assert where() == (here, before)


def test_what_goes_wrong_aside_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        hashers._aside(lambda: 1 / 0)


@pytest.mark.parametrize("name", ["register", "login", "admin:login", "admin:password_change"])
def test_where_passwords_are_hashed_there_is_a_line_of_their_own(settings, name):
    assert reverse(name).startswith(settings.PASSWORD_PATHS)


def test_so_there_is_at_the_pages_for_people(settings):
    assert settings.LOGIN_URL.startswith(settings.PASSWORD_PATHS)
    page = reverse("admin:accounts_user_changelist")
    assert page.startswith(settings.PASSWORD_PATHS)


@pytest.mark.parametrize("name", ["refresh", "logout", "me", "admin:index"])
def test_others_do_not_wait_there(settings, name):
    assert not reverse(name).startswith(settings.PASSWORD_PATHS)
