"""What the production server imports: Django, behind what it expects of a server.

Errors here would be the server's own, with no body that a client could read.
"""

import os
import re
from io import BytesIO

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
django = get_wsgi_application()

BOUNDARY = re.compile(r'boundary=("[^"]*"|[^;\s]*)', re.IGNORECASE)


def application(environ, start_response):
    measure_body(environ)
    forget_charset(environ)
    return django(environ, start_response)


def measure_body(environ) -> None:
    """Give a length to a body that comes without one, in chunks or over HTTP/2.

    Django would take it for empty. One byte more than a body may have is enough for
    neofi.middleware.limit_body to refuse it.
    """
    if environ.get("CONTENT_LENGTH") or environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return
    if not environ.get("wsgi.input_terminated"):
        return  # a server without this would wait for more than there is
    # In parts of a known size: granian's read() forgets what it has buffered.
    parts, left = [], settings.MAX_BODY_BYTES + 1
    while left and (part := environ["wsgi.input"].read(left)):
        parts.append(part)
        left -= len(part)
    body = b"".join(parts)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))


def forget_charset(environ) -> None:
    """Of Content-Type's parameters, keep the boundary: text is UTF-8, whatever `charset` says.

    Django would decode the query by it, and fail where it is no encoding of text.
    """
    media_type, _, parameters = environ.get("CONTENT_TYPE", "").partition(";")
    if parameters:
        boundary = BOUNDARY.search(parameters)
        environ["CONTENT_TYPE"] = f"{media_type}; {boundary[0]}" if boundary else media_type
