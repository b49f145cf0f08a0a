"""Answers that are given again when a client repeats a POST with the same Idempotency-Key."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class RememberedAnswer(models.Model):
    """The first answer to a request, kept in the transaction that did what it says.

    `scope` is the digest of whose key it is and for what, `fingerprint` that of the whole request.
    `body` is JSON, null for an answer without one. `event_ids` are the events that it tells of.
    """

    scope = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.TextField(null=True)
    event_ids = ArrayField(models.UUIDField())
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Purging an event.
            GinIndex(fields=["event_ids"], name="answer_events_idx"),
            # Removing what has expired.
            models.Index(fields=["created_at"], name="answer_age_idx"),
        ]

    def __str__(self):
        return f"{self.status} of {self.created_at}"
