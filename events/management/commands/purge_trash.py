from datetime import timedelta

from django.conf import settings
from django.core.management import BaseCommand
from django.utils import timezone

from events.services import trash


class Command(BaseCommand):
    help = "Remove for good, history included, what has been in the trash for TRASH_DAYS."
    requires_system_checks = []  # they import every view

    def handle(self, *, verbosity, **options):
        before = timezone.now() - timedelta(days=settings.TRASH_DAYS)
        purged = trash.purge_trash(thrown_away_before=before)
        if verbosity:
            self.stdout.write(f"Purged: {purged} events.")
