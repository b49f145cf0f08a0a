"""Events, access and their history."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.lookups
import neofi.ids
import neofi.jsonfields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=neofi.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True, default='')),
                ('location', models.CharField(blank=True, default='', max_length=300)),
                ('start_time', models.DateTimeField()),
                ('end_time', models.DateTimeField()),
                ('timezone', models.CharField(max_length=64)),
                ('all_day', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('confirmed', 'Confirmed'), ('tentative', 'Tentative'), ('cancelled', 'Cancelled')], default='confirmed', max_length=9)),
                ('transparency', models.CharField(choices=[('opaque', 'Opaque'), ('transparent', 'Transparent')], default='opaque', max_length=11)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None)),
                ('metadata', neofi.jsonfields.ExactJSONField(blank=True, default=dict)),
                ('recurrence', models.TextField(blank=True, null=True)),
                ('exceptions', neofi.jsonfields.ExactJSONField(blank=True, default=dict)),
                ('uid', models.CharField(editable=False, max_length=255)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('field_versions', models.JSONField(default=dict, editable=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('updated_at', models.DateTimeField(editable=False)),
                ('history_at', models.DateTimeField(editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('split_from', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.event')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], max_length=6)),
                ('granted_at', models.DateTimeField()),
                ('event_start_time', models.DateTimeField(editable=False)),
                ('event_updated_at', models.DateTimeField(editable=False)),
                ('event_deleted_at', models.DateTimeField(editable=False, null=True)),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='events.event')),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HistoricalEvent',
            fields=[
                ('action', models.CharField(choices=[('created', 'Created'), ('updated', 'Updated'), ('rolled_back', 'Rolled Back'), ('undone', 'Undone'), ('deleted', 'Deleted'), ('restored', 'Restored'), ('shared', 'Shared'), ('role_changed', 'Role Changed'), ('revoked', 'Revoked'), ('left', 'Left'), ('transferred', 'Transferred')], max_length=12)),
                ('change_set', models.UUIDField()),
                ('source_version', models.PositiveIntegerField(null=True)),
                ('id', models.UUIDField(default=neofi.ids.uuid7, editable=False)),
                ('title', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True, default='')),
                ('location', models.CharField(blank=True, default='', max_length=300)),
                ('start_time', models.DateTimeField()),
                ('end_time', models.DateTimeField()),
                ('timezone', models.CharField(max_length=64)),
                ('all_day', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('confirmed', 'Confirmed'), ('tentative', 'Tentative'), ('cancelled', 'Cancelled')], default='confirmed', max_length=9)),
                ('transparency', models.CharField(choices=[('opaque', 'Opaque'), ('transparent', 'Transparent')], default='opaque', max_length=11)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None)),
                ('metadata', neofi.jsonfields.ExactJSONField(blank=True, default=dict)),
                ('recurrence', models.TextField(blank=True, null=True)),
                ('exceptions', neofi.jsonfields.ExactJSONField(blank=True, default=dict)),
                ('uid', models.CharField(editable=False, max_length=255)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(editable=False)),
                ('updated_at', models.DateTimeField(editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('history_user_id', models.UUIDField(blank=True, null=True)),
                ('history_change_reason', models.CharField(blank=True, default='', max_length=500)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('split_from', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event')),
            ],
            options={
                'verbose_name': 'historical event',
                'verbose_name_plural': 'historical events',
                'ordering': ['-version'],
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalGrant',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                ('action', models.CharField(choices=[('created', 'Created'), ('updated', 'Updated'), ('rolled_back', 'Rolled Back'), ('undone', 'Undone'), ('deleted', 'Deleted'), ('restored', 'Restored'), ('shared', 'Shared'), ('role_changed', 'Role Changed'), ('revoked', 'Revoked'), ('left', 'Left'), ('transferred', 'Transferred')], max_length=12)),
                ('change_set', models.UUIDField()),
                ('previous_role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], max_length=6, null=True)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], max_length=6)),
                ('history_user_id', models.UUIDField(blank=True, null=True)),
                ('history_change_reason', models.CharField(blank=True, default='', max_length=500)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('event', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical grant',
                'verbose_name_plural': 'historical grants',
                'ordering': ['-history_date'],
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddIndex(
            model_name='event',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('title', 'description', 'location', config='simple'), name='event_search_idx'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='event_tags_idx'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('end_time__gt', models.F('start_time'))), name='event_ends_after_start', violation_error_code='end_time', violation_error_message='An event must end after it starts.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='event_has_title', violation_error_code='title', violation_error_message='An event must have a title.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('description__length__lte', 20000)), name='event_description_length', violation_error_code='description', violation_error_message='A description has up to 20,000 characters.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('tags__len__lte', 20)), name='event_tags_count', violation_error_code='tags', violation_error_message='An event has up to 20 tags.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['confirmed', 'tentative', 'cancelled'])), name='event_status_known', violation_error_code='status', violation_error_message='A status is confirmed, tentative or cancelled.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('transparency__in', ['opaque', 'transparent'])), name='event_transparency_known', violation_error_code='transparency', violation_error_message='A transparency is opaque or transparent.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func('metadata', function='jsonb_typeof', output_field=models.TextField()), 'object'), name='event_metadata_is_object', violation_error_code='metadata', violation_error_message='Metadata must be an object.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func('exceptions', function='jsonb_typeof', output_field=models.TextField()), 'object'), name='event_exceptions_is_object', violation_error_code='exceptions', violation_error_message='Exceptions must be an object.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='event_version_from_one', violation_error_message='Versions start at 1.'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(condition=models.Q(('event_deleted_at__isnull', True)), fields=['user', 'event_start_time', 'event'], name='grant_calendar_idx'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(condition=models.Q(('event_deleted_at__isnull', True)), fields=['user', 'event_updated_at', 'event'], name='grant_recent_idx'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(condition=models.Q(('event_deleted_at__isnull', False), ('role', 'owner')), fields=['user', 'event_start_time', 'event'], name='grant_trash_idx'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(models.F('event'), models.Case(models.When(role='owner', then=models.Value(0)), default=models.Value(1), output_field=models.IntegerField()), models.F('user'), name='grant_permissions_idx'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(fields=('event', 'user'), name='grant_one_per_user_and_event', violation_error_code='user', violation_error_message='This person has a role on this event already.'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('role', 'owner')), fields=('event',), name='grant_one_owner_per_event', violation_error_message='An event has exactly one owner.'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'editor', 'owner'])), name='grant_role_known', violation_error_code='role', violation_error_message='A role is viewer, editor or owner.'),
        ),
        migrations.AddIndex(
            model_name='historicalevent',
            index=models.Index(fields=['change_set'], name='version_change_set_idx'),
        ),
        migrations.AddConstraint(
            model_name='historicalevent',
            constraint=models.UniqueConstraint(fields=('id', 'version'), name='version_unique_per_event'),
        ),
        migrations.AddConstraint(
            model_name='historicalevent',
            constraint=models.UniqueConstraint(fields=('id', 'history_date'), name='version_instant_unique'),
        ),
        migrations.AddIndex(
            model_name='historicalgrant',
            index=models.Index(fields=['event', '-history_date'], name='access_changelog_idx'),
        ),
        migrations.AddIndex(
            model_name='historicalgrant',
            index=models.Index(fields=['change_set'], name='access_change_set_idx'),
        ),
    ]
