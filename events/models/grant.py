"""Access: one grant for each person and event, the owner's among them."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from events.models.event import Event
from events.models.history import Attributed, AttributedRecords, AttributedRow
from events.querysets import MAX_REACH, GrantQuerySet, HistoryQuerySet
from events.roles import Role

# The permissions list shows the owner first.
OWNER_FIRST = Case(
    When(role=Role.OWNER, then=Value(0)), default=Value(1), output_field=models.IntegerField()
)


LIVE = Q(event_deleted_at__isnull=True)
# By how long it is: 0 for less than a day, `n` for less than 4 ** n days.
REACHES = ",".join(f"{4**reach} days" for reach in range(MAX_REACH))
REACH = Func(
    F("event_end_time") - F("event_start_time"),
    template=f"width_bucket(%(expressions)s, '{{{REACHES}}}'::interval[])",
    output_field=models.IntegerField(),
)


class AccessChange(AttributedRow):
    """A row of access history: the grant as it became, and the role before (null for none)."""

    previous_role = models.CharField(max_length=6, choices=Role, null=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True

    def complete(self, grant: "Grant") -> None:
        """Fill in what the library does not copy."""
        self.previous_role = grant.previous_role


class Grant(Attributed):
    """That a person has a role on an event.

    The columns `event_*` copy the event's, so that a page of somebody's calendar is cut in one
    index before any event is fetched. Database triggers keep them (migration 0010). Of an event
    with more than FEW grants, `event_updated_at` is OPEN: a new title shall not cost a row for each
    of its people, and where that order is asked for these events are sorted apart.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="grants", db_index=False)
    # Deleting a person with grants is a service of its own: their events must go somewhere.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", db_index=False
    )
    role = models.CharField(max_length=6, choices=Role)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    granted_at = models.DateTimeField()
    event_moved_at = models.DateTimeField(editable=False)
    event_start_time = models.DateTimeField(editable=False)
    event_end_time = models.DateTimeField(editable=False)
    event_status = models.CharField(max_length=9, editable=False)
    # The owner's own grant is what refers to them: a copy needs no constraint.
    event_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        editable=False,
    )
    event_updated_at = models.DateTimeField(editable=False)
    event_deleted_at = models.DateTimeField(null=True, editable=False)
    event_reach = models.GeneratedField(
        expression=REACH, output_field=models.IntegerField(), db_persist=True
    )

    # The role that a change of access starts from; None for somebody new.
    previous_role: str | None = None

    objects = GrantQuerySet.as_manager()
    history = AttributedRecords(
        bases=[AccessChange],
        excluded_fields=[
            "granted_by",
            "granted_at",
            "event_moved_at",
            "event_start_time",
            "event_end_time",
            "event_status",
            "event_owner",
            "event_updated_at",
            "event_deleted_at",
            "event_reach",
        ],
        no_db_index=["id", "event", "user"],
        complete=AccessChange.complete,
        meta={
            "ordering": ["-history_date"],
            "indexes": [
                # Changelog pages.
                models.Index(fields=["event", "-history_date"], name="access_changelog_idx"),
                # Everything that one request did.
                models.Index(fields=["change_set"], name="access_change_set_idx"),
            ],
        },
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"],
                name="grant_one_per_user_and_event",
                violation_error_code="user",
                violation_error_message="This person has a role on this event already.",
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(role=Role.OWNER),
                name="grant_one_owner_per_event",
                violation_error_message="An event has exactly one owner.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="grant_role_known",
                violation_error_code="role",
                violation_error_message="A role is viewer, editor or owner.",
            ),
        ]
        # Those of live events, for GET /api/events. Where a filter stands before the order, its
        # matches are a page of their own, however few or many.
        indexes = [
            # By start_time, and `from` and `to`. With `as_of`, those that were moved since are
            # skipped in the index, by its last column.
            models.Index(
                fields=["user", "event_start_time", "event", "event_end_time", "event_moved_at"],
                condition=LIVE,
                name="grant_calendar_idx",
            ),
            # `from`: what began more than a day before, and may last.
            models.Index(
                fields=["user", "event_reach", "event_start_time"],
                condition=LIVE & Q(event_reach__gt=0),
                name="grant_long_idx",
            ),
            # By updated_at, and `updated_since`.
            models.Index(
                fields=["user", "event_updated_at", "event"],
                condition=LIVE,
                name="grant_recent_idx",
            ),
            # `status`.
            models.Index(
                fields=["user", "event_status", "event_start_time", "event"],
                condition=LIVE,
                name="grant_status_idx",
            ),
            # `owner`, and `role=owner`.
            models.Index(
                fields=["user", "event_owner", "event_start_time", "event"],
                condition=LIVE,
                name="grant_owner_idx",
            ),
            # `role` of what others own.
            models.Index(
                fields=["user", "role", "event_start_time", "event"],
                condition=LIVE & ~Q(role=Role.OWNER),
                name="grant_role_idx",
            ),
            # `as_of`: what was where it is, of long ago, and what was not, of lately.
            models.Index(fields=["user", "event_moved_at"], condition=LIVE, name="grant_moved_idx"),
            # GET /api/events?deleted=true: one's own trash.
            models.Index(
                fields=["user", "event_start_time", "event"],
                condition=Q(event_deleted_at__isnull=False, role=Role.OWNER),
                name="grant_trash_idx",
            ),
            # GET /api/events/{id}/permissions.
            models.Index(F("event"), OWNER_FIRST, F("user"), name="grant_permissions_idx"),
        ]

    def __str__(self):
        return f"{self.role} {self.user_id} on {self.event_id}"


HistoricalGrant = Grant.history.model
