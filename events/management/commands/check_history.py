from time import monotonic

from django.core.management import BaseCommand, CommandError

from events.verifying.everything import Inspection

SECONDS = 5  # between two lines about how far it is


class Command(BaseCommand):
    help = "Prove that every event, its versions and its access are what was written."
    requires_system_checks = []  # they import every view

    def handle(self, *, verbosity, **options):
        self.inspection, self.start = Inspection(), monotonic()
        self.told_at = self.start
        found = 0
        for fault in self.inspection.faults(after_each=self._tell if verbosity else lambda: None):
            found += 1
            self.stdout.write(str(fault))
        if verbosity:
            self.stdout.write(f"Checked: {self._so_far()}.")
        if found:
            raise CommandError(f"{found} things are wrong: see above.")

    def _tell(self):
        if monotonic() - self.told_at >= SECONDS:
            self.told_at = monotonic()
            self.stderr.write(f"So far: {self._so_far()}.")

    def _so_far(self) -> str:
        seen, seconds = self.inspection, monotonic() - self.start
        return (
            f"{seen.events} events, {seen.versions} versions, {seen.access} rows of access, "
            f"{seconds:.1f} seconds"
        )
