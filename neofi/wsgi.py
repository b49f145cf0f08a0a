"""What the production server imports."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
application = get_wsgi_application()
