"""Every rule of who may read what, and how it is joined. Chainable, and nothing here writes."""

import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery

from events.roles import Role

if TYPE_CHECKING:
    from accounts.models import User

# The expression of event_search_idx, letter for letter: only then is the index used.
# "simple" stems no language, for calendars are written in many.
SEARCH_VECTOR = SearchVector("title", "description", "location", config="simple")

# A minus that stands before no word or phrase says nothing, and PostgreSQL refuses a few dozen of
# them in a row.
DANGLING_MINUS = re.compile(r'-(?![\w"])')


class EventQuerySet(models.QuerySet):
    """The one door to events is `visible_to`; the trash has two doors of its own."""

    def visible_to(self, user: "User", at_least: str = Role.VIEWER) -> "EventQuerySet":
        """Live events on which `user` has that role or a higher one; nothing for a stranger."""
        return self._granted_to(
            user, Role.at_least(at_least), access__event_deleted_at__isnull=True
        )

    def in_trash_of(self, user: "User") -> "EventQuerySet":
        """Events that `user` owns and has thrown away."""
        return self._granted_to(user, [Role.OWNER], access__event_deleted_at__isnull=False)

    def visible_or_in_trash_to(self, user: "User") -> "EventQuerySet":
        """Live or not: for restore and purge, which refuse by role and not by absence."""
        return self._granted_to(user, list(Role))

    def _granted_to(self, user: "User", roles: list[Role], **conditions) -> "EventQuerySet":
        # One grant for each person and event (a constraint), so this join cannot double a row. Each
        # filter() on a path through it would join it anew, and no index would then cut the page:
        # so all conditions are in one, and filters and orders name the columns by these aliases.
        access = FilteredRelation("grants", condition=Q(grants__user=user.pk))
        granted = self.alias(access=access).filter(access__role__in=roles, **conditions)
        return (granted if user.is_authenticated else granted.none()).alias(
            grant_event_id=F("access__event_id"),
            grant_start_time=F("access__event_start_time"),
            grant_updated_at=F("access__event_updated_at"),
        )

    def as_seen_by_caller(self) -> "EventQuerySet":
        """With what an answer shows besides the row, in the same query.

        To be called after a door: `role` is that of the user whom the door let in.
        """
        ownership = FilteredRelation("grants", condition=Q(grants__role=Role.OWNER))
        return self.alias(ownership=ownership).annotate(
            role=F("access__role"),
            owner_id=F("ownership__user_id"),
            owner_username=F("ownership__user__username"),
            updated_by_username=F("updated_by__username"),
        )

    def search(self, text: str) -> "EventQuerySet":
        """Full text in title, description and location, in the syntax of a web search."""
        query = SearchQuery(DANGLING_MINUS.sub(" ", text), search_type="websearch", config="simple")
        return self.alias(search_vector=SEARCH_VECTOR).filter(search_vector=query)


def _username_of(column: str) -> Subquery:
    """The user name behind a plain id column; null once that account is gone."""
    users = get_user_model().objects.filter(pk=OuterRef(column))
    return Subquery(users.values("username")[:1])


class HistoryQuerySet(models.QuerySet):
    """Rows of history, of content or of access."""

    def with_author(self) -> "HistoryQuerySet":
        return self.annotate(by_username=_username_of("history_user_id"))


class VersionQuerySet(HistoryQuerySet):
    def of_event(self, event_id: UUID) -> "VersionQuerySet":
        return self.filter(id=event_id)


class GrantQuerySet(models.QuerySet):
    """Access as the permissions list shows it."""

    def of_event(self, event_id: UUID) -> "GrantQuerySet":
        return self.filter(event_id=event_id)
