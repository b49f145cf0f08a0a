from django.core.management import BaseCommand

from events.services.spans import rebuild_spans


class Command(BaseCommand):
    help = "Make the spans of versions, by which `as_of` is read, anew from history."
    requires_system_checks = []  # they import every view

    def handle(self, *, verbosity, **options):
        mended = rebuild_spans()
        if verbosity:
            self.stdout.write(f"Mended: {mended} spans.")
