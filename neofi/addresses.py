"""Whose address a request comes from: the same answer for throttles, sessions and logs."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address, or "" if the server gives none (a Unix socket).

    `X-Forwarded-For` is anybody's to write: only the entries that our own proxies appended count,
    as many from the right as TRUSTED_PROXIES says.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        remote = forwarded[-settings.TRUSTED_PROXIES].strip() or remote
    return _normal(remote)


@lru_cache(maxsize=1024)
def _normal(address: str) -> str:
    try:
        # Without the zone of a link-local one (fe80::1%eth0), which no column of PostgreSQL holds.
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return ""
