from django.core.management import BaseCommand, call_command

from accounts import services


class Command(BaseCommand):
    help = "Remove what is of no use any more: expired tokens, and sessions long over."

    def handle(self, *, verbosity, **options):
        removed = services.remove_expired()
        call_command("clearsessions")  # those of the admin and of the browsable API
        if verbosity:
            self.stdout.write("Removed: {tokens} tokens, {sessions} sessions.".format(**removed))
