from django.core.management import BaseCommand, call_command

from accounts import services
from events.services import idempotency


class Command(BaseCommand):
    help = "Remove what is of no use any more: old tokens, sessions, failed logins and answers."
    requires_system_checks = []  # they import every view

    def handle(self, *, verbosity, **options):
        removed = services.remove_expired()
        answers = idempotency.remove_expired()
        call_command("clearsessions")  # those of the admin and of the browsable API
        if verbosity:
            text = (
                "Removed: {tokens} tokens, {sessions} sessions, {failed_logins} failed logins, "
                "{answers} remembered answers."
            )
            self.stdout.write(text.format(**removed, answers=answers))
