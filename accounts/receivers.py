"""What is done when somebody is not let in, whichever of the logins it was."""

import logging

from django.db import Error
from rest_framework.exceptions import APIException

from accounts import services
from neofi.addresses import client_address

logger = logging.getLogger(__name__)


def note_failed_login(credentials, request=None, **_) -> None:
    """Keep it; a login is refused in the same way if that cannot be done.

    It takes as long for a name that nobody has as for a wrong password: one row in both cases.
    """
    headers = request.headers if request else {}
    try:
        services.note_failed_login(
            name=credentials.get("username") or "",
            user_agent=headers.get("User-Agent", ""),
            address=client_address(request) if request else "",
        )
    except (Error, APIException):
        logger.warning("A failed login could not be kept.", exc_info=True)
