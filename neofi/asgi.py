"""For servers that speak ASGI; `bin/serve` uses WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
application = get_asgi_application()
