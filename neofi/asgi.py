"""What the production server imports, in each of its workers."""

from django.conf import settings

from neofi.wsgi import application as wsgi  # before the rest: it sets Django up

# isort: split
from neofi import shortcut, web_database
from neofi.bodies import Bodies
from neofi.front import Front

web_database.limit()
application = Front(
    wsgi,
    threads=settings.BLOCKING_THREADS,
    patience=settings.QUEUE_TIMEOUT,
    slow_paths=settings.PASSWORD_PATHS,
    bodies=Bodies(settings.MAX_BODY_BYTES, settings.BODY_TIMEOUT),
)
shortcut.lead_to(application.take)
