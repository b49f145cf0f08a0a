"""An index by which `manage.py purge_trash` finds what to remove."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_remembered_answers")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="event_trash_age_idx",
            ),
        ),
    ]
