"""django-simple-history, taught to attribute every row and to name what was done.

The library writes a row on every `save()`; ours refuses to, unless the instance carries a `Change`
that says who did what, when. So there is no write without an author, in a request or out of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from simple_history.models import HistoricalRecords


class Action(models.TextChoices):
    """What a row of history did: first to the content, then to the access."""

    CREATED = "created"
    UPDATED = "updated"
    ROLLED_BACK = "rolled_back"
    UNDONE = "undone"
    DELETED = "deleted"
    RESTORED = "restored"
    SHARED = "shared"
    ROLE_CHANGED = "role_changed"
    REVOKED = "revoked"
    LEFT = "left"
    TRANSFERRED = "transferred"


# The library hides its HistoricalRecords behind a manager; this finds ours again.
RECORDS: dict[type[models.Model], "AttributedRecords"] = {}

ACCESS_ACTIONS = [
    Action.SHARED,
    Action.ROLE_CHANGED,
    Action.REVOKED,
    Action.LEFT,
    Action.TRANSFERRED,
]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that somebody did to one event; what its history rows are attributed with.

    `by_id` is None for the system. `change_set` joins all that one request did. `at` is later than
    every earlier row of the event.
    """

    action: Action
    by_id: UUID | None
    at: datetime
    change_set: UUID
    note: str = ""
    source_version: int | None = None
    merged_from: int | None = None

    def row(self) -> dict:
        """The values of a history row, but for the copy of the instance."""
        return {
            "history_user_id": self.by_id,
            "history_date": self.at,
            "history_change_reason": self.note,
            "action": self.action.value,
            "change_set": self.change_set,
        }


class AttributedRow(models.Model):
    """What our history rows have beside the library's columns.

    `history_user_id` is a plain column, no foreign key: a deleted account leaves its versions.
    """

    action = models.CharField(max_length=12, choices=Action)
    change_set = models.UUIDField()

    class Meta:
        abstract = True


class Attributed(models.Model):
    """A model with history: `change` says who is about to write it, and is set by the services.

    Once that has made a row of history it is `written`: no second write can pass for the first.
    """

    change: Change | None = None
    written: Change | None = None

    class Meta:
        abstract = True


class AttributedRecords(HistoricalRecords):
    """HistoricalRecords that writes a row only for an attributed change.

    `complete(row, instance)` fills the columns that `bases` add, while the instance still has its
    `change`; `constraints`, `indexes` and `ordering` go into the Meta of the history model, which
    takes none from its bases.
    """

    def __init__(self, *, meta: dict, complete=lambda row, instance: None, **kwargs):
        self.meta, self.complete = meta, complete
        super().__init__(
            history_id_field=models.BigAutoField(),
            history_user_id_field=models.UUIDField(null=True, blank=True),
            history_change_reason_field=models.CharField(max_length=500, blank=True, default=""),
            **kwargs,
        )

    def finalize(self, sender, **kwargs):
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            RECORDS[sender] = self
            # The library's own signal comes after the write, which may be committed by then.
            models.signals.pre_save.connect(self.pre_save, sender=sender, weak=False)

    @cached_property
    def model(self) -> type[models.Model]:
        """The model of the rows. Kept, for each look at the library's manager makes a class."""
        return getattr(self.cls, self.manager_name).model

    def get_meta_options(self, model):
        return {**super().get_meta_options(model), **self.meta}

    def pre_save(self, instance, raw=False, **kwargs):
        if not raw:
            self.check_attributed([instance])

    def create_historical_record(self, instance, history_type, using=None):
        self.record([instance], history_type)

    def post_delete(self, instance, using=None, **kwargs):
        # A row that goes because its event is purged leaves no trace: that is what a purge is.
        origin = kwargs["origin"]
        if getattr(origin, "model", type(origin)) is self.cls:
            super().post_delete(instance, using=using, **kwargs)

    def record(self, instances: Sequence[models.Model], history_type: str) -> None:
        """Write a history row for each instance, attributed by its `change`, in one statement."""
        rows = [self.row(instance, history_type) for instance in instances]
        getattr(self.cls, self.manager_name).bulk_create(rows)

    def row(self, instance: models.Model, history_type: str) -> models.Model:
        """The row of history of an instance as it is now, unsaved. Its `change` is spent by it."""
        self.check_attributed([instance])
        values = {f.attname: getattr(instance, f.attname) for f in self.model.tracked_fields}
        row = made(self.model, **values, **instance.change.row(), history_type=history_type)
        self.complete(row, instance)
        instance.written, instance.change = instance.change, None
        return row

    def check_attributed(self, instances: Sequence[models.Model]) -> None:
        if any(instance.change is None for instance in instances):
            raise TypeError(f"A {self.cls.__name__} is written by a service, with a Change.")


def made(model: type[models.Model], **values: Any) -> models.Model:
    """An instance with those values, by attname. Given by position they take Django half as long as
    by keyword: 0.02 ms of the 0.3 that an event of a batch takes.
    """
    fields = model._meta.concrete_fields
    return model(*(values[f.attname] if f.attname in values else f.get_default() for f in fields))


def row_of(instance: Attributed, history_type: str) -> models.Model:
    """The row of history that an instance's `change` makes, for a writer in bulk to save."""
    return RECORDS[type(instance)].row(instance, history_type)


def record(instances: Sequence[Attributed], history_type: str) -> None:
    """Write the history rows of instances that were written in bulk, which tells nobody."""
    if instances:
        RECORDS[type(instances[0])].record(instances, history_type)
