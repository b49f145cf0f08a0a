"""What 0011 has filled is never empty again, and has the indexes that it is for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LIVE = models.Q(event_deleted_at__isnull=True)
REACH = models.Func(
    models.F("event_end_time") - models.F("event_start_time"),
    template="width_bucket(%(expressions)s, '{1 days,4 days,16 days,64 days,256 days,1024 days,"
    "4096 days,16384 days,65536 days,262144 days,1048576 days}'::interval[])",
    output_field=models.IntegerField(),
)


def index(name, *fields, condition=LIVE):
    made = models.Index(fields=["user", *fields], condition=condition, name=name)
    return migrations.AddIndex("grant", made)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0011_copy_to_existing_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField("grant", "event_end_time", models.DateTimeField(editable=False)),
        migrations.AlterField(
            "grant", "event_status", models.CharField(editable=False, max_length=9)
        ),
        migrations.AlterField(
            "grant",
            "event_owner",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.DO_NOTHING,
                db_constraint=False,
                db_index=False,
                editable=False,
                related_name="+",
            ),
        ),
        migrations.AddField(
            "grant",
            "event_reach",
            models.GeneratedField(
                db_persist=True, expression=REACH, output_field=models.IntegerField()
            ),
        ),
        migrations.RemoveIndex("grant", "grant_calendar_idx"),
        index(
            "grant_calendar_idx", "event_start_time", "event", "event_end_time", "event_moved_at"
        ),
        index(
            "grant_long_idx",
            "event_reach",
            "event_start_time",
            condition=LIVE & models.Q(event_reach__gt=0),
        ),
        index("grant_status_idx", "event_status", "event_start_time", "event"),
        index("grant_owner_idx", "event_owner", "event_start_time", "event"),
        index(
            "grant_role_idx",
            "role",
            "event_start_time",
            "event",
            condition=LIVE & ~models.Q(role="owner"),
        ),
    ]
