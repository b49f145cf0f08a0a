"""The HTTP side of a user: signs in, stays signed in, waits when told to, counts requests."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

Say = Callable[[str], None]


class UnexpectedAnswer(Exception):
    """The server did not answer as the contract says."""


class Stopped(Exception):
    """The run is over while this thread was waiting."""


class Account:
    """A user of this run. Several threads may act as one user."""

    def __init__(self, username: str) -> None:
        self.username = username
        self.password = secrets.token_urlsafe(18)
        self.lock = threading.Lock()
        self.access = self.refresh = ""
        self.lifetime = self.stale_at = 0.0

    def take_tokens(self, answer: dict[str, Any]) -> None:
        self.access, self.refresh = answer["access"], answer["refresh"]
        # A login says how long, a refresh does not repeat it.
        self.lifetime = answer.get("expires_in", self.lifetime)
        self.stale_at = time.monotonic() + self.lifetime - min(30, self.lifetime / 10)


class Api:
    def __init__(self, url: str, say: Say, transport: httpx.BaseTransport | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=120, transport=transport)
        self.say = say
        self.requests: Counter[str] = Counter()
        self.waits = 0
        self._counting = threading.Lock()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Makes threads give up waiting for a throttle, so that Ctrl-C is not held up."""
        self._stopping.set()

    def ready(self) -> bool:
        return self.http.get("/readyz").status_code == 200

    def register(self, account: Account, email: str) -> None:
        body = {"username": account.username, "email": email, "password": account.password}
        response = self._send("register", "POST", "/api/auth/register", json=body)
        account.take_tokens(checked(response, 201).json())

    def call(
        self, account: Account, kind: str, method: str, path: str, *, expect: int = 200, **more: Any
    ) -> Any:
        """The answer's body (None without one); `kind` is what the summary counts it as."""
        response = self.answer(account, kind, method, path, expect=(expect,), **more)
        return response.json() if response.content else None

    def answer(
        self,
        account: Account,
        kind: str,
        method: str,
        path: str,
        *,
        expect: tuple[int, ...],
        **more: Any,
    ) -> httpx.Response:
        """For those who need to know more than the body."""
        return checked(self._send_as(account, kind, method, path, **more), *expect)

    def pages(self, account: Account, kind: str, path: str, **params: Any) -> Iterator[Any]:
        """The rows of a list, over all its pages."""
        page = self.call(account, kind, "GET", path, params={"page_size": 100, **params})
        yield from page["results"]
        followed: set[str] = set()
        while (following := page["next"]) is not None:
            if following in followed:
                raise UnexpectedAnswer(f"{path}: the pages go round in a circle: {following}")
            followed.add(following)
            page = self.call(account, kind, "GET", following)
            yield from page["results"]

    def _send_as(
        self, account: Account, kind: str, method: str, path: str, **more: Any
    ) -> httpx.Response:
        access = account.access
        if time.monotonic() > account.stale_at:
            self._renew(account, access)
            access = account.access
        response = self._send(kind, method, path, headers=bearer(access), **more)
        if response.status_code == 401:
            self._renew(account, access)
            response = self._send(kind, method, path, headers=bearer(account.access), **more)
        return response

    def _renew(self, account: Account, refused: str) -> None:
        # A refresh token works once, and a second use of it ends the session: one thread goes.
        with account.lock:
            if account.access != refused:
                return
            body = {"refresh": account.refresh}
            response = self._send("refresh", "POST", "/api/auth/refresh", json=body)
            if response.status_code == 401:
                body = {"username": account.username, "password": account.password}
                response = self._send("login", "POST", "/api/auth/login", json=body)
            account.take_tokens(checked(response, 200).json())

    def _send(self, kind: str, method: str, path: str, **more: Any) -> httpx.Response:
        while True:
            with self._counting:
                self.requests[kind] += 1
            response = self.http.request(method, path, **more)
            if response.status_code != 429:
                return response
            self._wait(kind, response)

    def _wait(self, kind: str, response: httpx.Response) -> None:
        asked = response.headers.get("Retry-After", "")
        seconds = int(asked) if asked.isdecimal() else 5
        with self._counting:
            self.waits += 1
        self.say(f"throttled ({kind}): waiting {seconds} s, as the server asks")
        if self._stopping.wait(seconds):
            raise Stopped


def bearer(access: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access}"}


def checked(response: httpx.Response, *expected: int) -> httpx.Response:
    if response.status_code not in expected:
        request = response.request
        raise UnexpectedAnswer(
            f"{request.method} {request.url.path}: expected {' or '.join(map(str, expected))}, "
            f"got {response.status_code} {response.text[:500]}"
        )
    return response


@contextmanager
def promised_form() -> Iterator[None]:
    """What cannot be read inside is an answer that breaks the contract, not a crash of ours."""
    try:
        yield
    except (LookupError, TypeError, ValueError, httpx.InvalidURL) as error:
        raise UnexpectedAnswer(f"an answer lacks the form promised: {error!r}") from error
