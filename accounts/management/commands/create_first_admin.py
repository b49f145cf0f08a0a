from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand

from accounts import services
from accounts.models import User
from neofi.secrets import read_or_create


class Command(BaseCommand):
    help = "On the very first run: make a superuser 'admin' with a generated password."
    requires_system_checks = []  # they import every view

    def handle(self, **options):
        path = settings.VAR_DIR / "admin-password"
        if not is_first_run(path):
            return
        # Kept before the user is made: the other way round a crash in between would leave a
        # user with a password that nobody knows.
        password = read_or_create(path, length=18)
        try:
            services.create_staff_user(
                username="admin", email="admin@neofi.invalid", password=password
            )
        except ValidationError as error:
            path.unlink()
            self.stderr.write(
                f"There is no staff, and no user 'admin' could be made: {' '.join(error.messages)} "
                "`manage.py createsuperuser` makes one by another name."
            )
            return
        self.stdout.write(f"First run: sign in to /admin/ as admin, password {password}")
        self.stdout.write(f"It is kept in {path}.")


def is_first_run(password_file: Path) -> bool:
    # With the file but no user at all, the first run was cut off. With the file and other users,
    # the staff have been removed on purpose.
    if password_file.exists():
        return not User.objects.exists()
    return not User.objects.filter(is_staff=True).exists()
