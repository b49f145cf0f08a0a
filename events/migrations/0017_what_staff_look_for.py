"""What the staff's list of events goes by, and the right to restore."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0016_grants_by_move")]

    operations = [
        migrations.AlterModelOptions(
            name="event",
            options={"permissions": [("restore_event", "Can restore events from the trash")]},
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["start_time"], name="event_start_idx"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("status", "confirmed"), _negated=True),
                fields=["status", "id"],
                name="event_status_idx",
            ),
        ),
    ]
