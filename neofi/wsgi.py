"""Django, behind what it expects of a server. Served through neofi.asgi alone: it reads the bodies.

Errors here would be the server's own, with no body that a client could read.
"""

import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
django = get_wsgi_application()

BOUNDARY = re.compile(r'boundary=("[^"]*"|[^;\s]*)', re.IGNORECASE)


def application(environ, start_response):
    forget_charset(environ)
    return django(environ, start_response)


def forget_charset(environ) -> None:
    """Of Content-Type's parameters, keep the boundary: text is UTF-8, whatever `charset` says.

    Django would decode the query by it, and fail where it is no encoding of text.
    """
    media_type, _, parameters = environ.get("CONTENT_TYPE", "").partition(";")
    if parameters:
        boundary = BOUNDARY.search(parameters)
        environ["CONTENT_TYPE"] = f"{media_type}; {boundary[0]}" if boundary else media_type
