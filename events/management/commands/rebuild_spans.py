from django.core.management import BaseCommand

from events.services.spans import rebuild_spans


class Command(BaseCommand):
    help = "Make the spans of versions, by which `as_of` is read, anew from history."

    def handle(self, *, verbosity, **options):
        mended = rebuild_spans()
        if verbosity:
            self.stdout.write(f"Mended: {mended} spans.")
