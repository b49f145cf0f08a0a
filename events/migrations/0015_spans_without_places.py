"""What 0014 has taken over is no column of the spans any more."""

from django.db import migrations



class Migration(migrations.Migration):
    dependencies = [("events", "0014_places_left_by_existing_versions")]

    operations = [
        migrations.RemoveIndex("span", "span_calendar_idx"),
        migrations.RemoveIndex("span", "span_left_idx"),
        migrations.RemoveField("span", "left_at"),
    ]
