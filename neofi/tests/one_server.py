"""What a server of the tests' own imports: the production application, on a test's database."""

import os

from django.conf import settings


def application():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "neofi.settings")
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
    from neofi.asgi import application

    return application
