"""The event: its content, and the columns that make it versioned."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from events import chain, content, snapshots
from events.models.history import Attributed, AttributedRecords, AttributedRow
from events.querysets import SEARCH_VECTOR, EventQuerySet, VersionQuerySet
from neofi.ids import uuid7
from neofi.jsonfields import ExactJSONField


def json_type(column: str) -> Func:
    """What kind of JSON value a column holds: `object`, `array`, `string`, ..."""
    return Func(column, function="jsonb_typeof", output_field=models.TextField())


class Status(models.TextChoices):
    """STATUS of a VEVENT (RFC 5545 section 3.8.1.11)."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Transparency(models.TextChoices):
    """TRANSP (RFC 5545 section 3.8.2.7): whether the event takes up its time."""

    OPAQUE = "opaque"
    TRANSPARENT = "transparent"


class ContentVersion(AttributedRow):
    """A version: the event's row as it was, with what was done. `version` is copied with it.

    `snapshot` is what was; the content columns are copies of it for SQL (events.snapshots). `hash`
    is the version's link in the chain (events.chain).
    """

    source_version = models.PositiveIntegerField(null=True)
    merged_from = models.PositiveIntegerField(null=True)
    snapshot = models.TextField()
    hash = models.CharField(max_length=64)

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def content(self) -> content.Content:
        return snapshots.read(self.snapshot)

    def complete(self, event: "Event") -> None:
        """Fill in what the library does not copy, and make this the head of the event's chain."""
        self.source_version = event.change.source_version
        self.merged_from = event.change.merged_from
        self.snapshot = snapshots.written(content.of(event))
        self.hash = event.history_head = self.hash_after(event.history_head)

    def hash_after(self, previous: str, key: str | None = None) -> str:
        """What `hash` must be, if the version before has the hash `previous`.

        `key` is for a change of keys alone: without it, it is the key of the settings.
        """
        return chain.digest(
            previous,
            event_id=self.id,
            uid=self.uid,
            split_from=self.split_from_id,
            version=self.version,
            action=self.action,
            author_id=self.history_user_id,
            at=self.history_date,
            change_set=self.change_set,
            note=self.history_change_reason,
            source_version=self.source_version,
            merged_from=self.merged_from,
            snapshot=self.snapshot,
            key=settings.HISTORY_KEY if key is None else key,
        )


class Event(Attributed):
    """Something that happens from `start_time` to `end_time`.

    `version` is 1 for the event as created and grows by one with each change of content or trash.
    `history_at` is the instant of its newest row of history, content or access.
    `field_versions` says for each content field which version changed it last; `moved_at` is the
    instant of the version that changed the start last. `history_head` is the newest version's hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=content.MAX_TITLE)
    description = models.TextField(blank=True, default="")
    location = models.CharField(max_length=content.MAX_LOCATION, blank=True, default="")
    start_time = models.DateTimeField()
    end_time = models.DateTimeField()
    timezone = models.CharField(max_length=64)
    all_day = models.BooleanField(default=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.CONFIRMED)
    transparency = models.CharField(
        max_length=11, choices=Transparency, default=Transparency.OPAQUE
    )
    tags = ArrayField(models.CharField(max_length=content.MAX_TAG), default=list, blank=True)
    metadata = ExactJSONField(default=dict, blank=True)
    recurrence = models.TextField(null=True, blank=True)
    exceptions = ExactJSONField(default=dict, blank=True)

    uid = models.CharField(max_length=255, editable=False)
    split_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    field_versions = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    history_at = models.DateTimeField(editable=False)
    history_head = models.CharField(max_length=64, editable=False, default=chain.NONE)
    moved_at = models.DateTimeField(editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    # What a write tells about itself besides its row: the version it was merged from, and what
    # `resolve` has settled in that (events.merging.Clash).
    merged_from: int | None = None
    settled: tuple = ()
    # The caller's, as EventQuerySet.as_seen_by_caller annotates it.
    role: str | None = None

    objects = EventQuerySet.as_manager()
    history = AttributedRecords(
        bases=[ContentVersion],
        excluded_fields=[
            "field_versions",
            "history_at",
            "history_head",
            "moved_at",
            "updated_by",
        ],
        no_db_index=["id", "split_from"],
        cascade_delete_history=True,
        complete=ContentVersion.complete,
        # Our versions are the order of things; two rows may share an instant in the library's.
        meta={
            "ordering": ["-version"],
            "constraints": [
                # History pages, one version, the two sides of a diff.
                models.UniqueConstraint(fields=["id", "version"], name="version_unique_per_event"),
                # Changelog pages, which go by the instant alone.
                models.UniqueConstraint(
                    fields=["id", "history_date"], name="version_instant_unique"
                ),
            ],
            "indexes": [
                # Everything that one request did.
                models.Index(fields=["change_set"], name="version_change_set_idx"),
                # `search` and `tag` in the list `as_of`.
                GinIndex(SEARCH_VECTOR, name="version_search_idx"),
                GinIndex(fields=["tags"], name="version_tags_idx"),
            ],
        },
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__gt=F("start_time")),
                name="event_ends_after_start",
                violation_error_code="end_time",
                violation_error_message="An event must end after it starts.",
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="event_has_title",
                violation_error_code="title",
                violation_error_message="An event must have a title.",
            ),
            models.CheckConstraint(
                condition=Q(description__length__lte=content.MAX_DESCRIPTION),
                name="event_description_length",
                violation_error_code="description",
                violation_error_message="A description has up to 20,000 characters.",
            ),
            models.CheckConstraint(
                condition=Q(tags__len__lte=content.MAX_TAGS),
                name="event_tags_count",
                violation_error_code="tags",
                violation_error_message="An event has up to 20 tags.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="event_status_known",
                violation_error_code="status",
                violation_error_message="A status is confirmed, tentative or cancelled.",
            ),
            models.CheckConstraint(
                condition=Q(transparency__in=Transparency.values),
                name="event_transparency_known",
                violation_error_code="transparency",
                violation_error_message="A transparency is opaque or transparent.",
            ),
            models.CheckConstraint(
                condition=Exact(json_type("metadata"), "object"),
                name="event_metadata_is_object",
                violation_error_code="metadata",
                violation_error_message="Metadata must be an object.",
            ),
            models.CheckConstraint(
                condition=Exact(json_type("exceptions"), "object"),
                name="event_exceptions_is_object",
                violation_error_code="exceptions",
                violation_error_message="Exceptions must be an object.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="event_version_from_one",
                violation_error_message="Versions start at 1.",
            ),
        ]
        indexes = [
            # `search` in the list.
            GinIndex(SEARCH_VECTOR, name="event_search_idx"),
            # `tag` in the list.
            GinIndex(fields=["tags"], name="event_tags_idx"),
            # manage.py purge_trash.
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="event_trash_age_idx",
            ),
            # The staff's list: by start, and one year, month or day of it.
            models.Index(fields=["start_time"], name="event_start_idx"),
            # The staff's list by status. Most events are confirmed: those are met on the way.
            models.Index(
                fields=["status", "id"],
                condition=~Q(status=Status.CONFIRMED),
                name="event_status_idx",
            ),
        ]
        # What a group of helpers may be given without the right to change events.
        permissions = [("restore_event", "Can restore events from the trash")]

    def __str__(self):
        return self.title


HistoricalEvent = Event.history.model
models.TextField.register_lookup(Length)
