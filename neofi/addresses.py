"""Where a request comes from, as throttles, sessions and logs have it; and where it goes."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path


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


def uri_of(request: HttpRequest) -> str:
    """What the request asks for, as an absolute URI without query.

    `build_absolute_uri` takes addresses apart for that, which is 3 % of creating an event.
    """
    return f"{request.scheme}://{request.get_host()}{escape_uri_path(request.path)}"


@lru_cache(maxsize=1024)
def _normal(address: str) -> str:
    try:
        # Without the zone of a link-local one (fe80::1%eth0), which no column of PostgreSQL holds.
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return ""
