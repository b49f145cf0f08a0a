from collections import Counter

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from events.services.rekeying import Outcome, rekey_history


class Command(BaseCommand):
    help = "Bring the chain of every event from the key HISTORY_KEY_BEFORE to HISTORY_KEY."
    requires_system_checks = []  # they import every view

    def handle(self, *, verbosity, **options):
        counts = Counter()
        keys = {"before": settings.HISTORY_KEY_BEFORE, "now": settings.HISTORY_KEY}
        for event_id, outcome in rekey_history(**keys):
            counts[outcome] += 1
            if outcome == Outcome.REFUSED:
                self.stdout.write(f"Event {event_id}: its chain holds under neither key.")
        if verbosity:
            rekeyed, kept = counts[Outcome.REKEYED], counts[Outcome.KEPT]
            self.stdout.write(f"Rekeyed: {rekeyed} events; {kept} had the new key already.")
        if refused := counts[Outcome.REFUSED]:
            raise CommandError(f"{refused} events are as they were: see above.")
