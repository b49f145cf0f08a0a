"""Passwords are hashed by Argon2id, at the cost that the settings say, behind everybody else."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

NICENESS = 10  # how far a hash stands back; 19 is the most


class PasswordHasher(Argon2PasswordHasher):
    """Django's, which also has a hash of another cost made anew at the next login."""

    time_cost = settings.PASSWORD_TIME_COST
    memory_cost = settings.PASSWORD_MEMORY_KIB
    parallelism = 1  # with more, one login would take as many processors from everybody else

    def encode(self, password, salt):
        return _aside(super().encode, password, salt)

    def verify(self, password, encoded):
        return _aside(super().verify, password, encoded)

    def harden_runtime(self, password, encoded):
        """Take as long as at the present cost: a hash from cheaper times would tell that it is
        there, as nobody's is ever made."""
        past = self.decode(encoded)["params"]
        spared = self.time_cost * self.memory_cost - past.time_cost * past.memory_cost
        rest = PasswordHasher()
        rest.time_cost = round(spared / self.memory_cost)
        if rest.time_cost > 0:
            rest.encode(password, rest.salt())


def _aside(work: Callable, *arguments) -> Any:
    """What `work` returns or raises, in a thread that others on this machine go before.

    Not in the caller's: on Linux a niceness is a thread's own, and cannot be taken back. Nor may
    one that stands back do anything else: it would hold the interpreter's lock while it waits for a
    processor. Argon2 runs without that lock. To start a thread takes 0.3% of the time of a hash.
    """
    done = Future()
    Thread(target=_stand_back_and_do, args=(done, work, arguments), name="hash").start()
    return done.result()


def _stand_back_and_do(done: Future, work: Callable, arguments: tuple) -> None:
    try:
        if sys.platform == "linux":  # elsewhere it would be the whole process
            os.nice(NICENESS)
        done.set_result(work(*arguments))
    except BaseException as error:
        done.set_exception(error)
