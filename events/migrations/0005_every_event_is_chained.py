"""What 0004 has filled is never empty again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_chain_existing_versions")]

    operations = [
        migrations.AlterField("event", "moved_at", models.DateTimeField(editable=False)),
        migrations.AlterField("grant", "event_created_at", models.DateTimeField(editable=False)),
        migrations.AlterField("grant", "event_moved_at", models.DateTimeField(editable=False)),
    ]
