"""Every rule of who may read what, and how it is joined. Chainable, and nothing here writes."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.fields.tuple_lookups import TupleIn

from events import content as contents
from events.roles import Role

if TYPE_CHECKING:
    from accounts.models import User

# The expression of event_search_idx, letter for letter: only then is the index used.
# "simple" stems no language, for calendars are written in many.
SEARCH_VECTOR = SearchVector("title", "description", "location", config="simple")

# The same of a version, for version_search_idx.
VERSION_VECTOR = SearchVector(
    *(f"stood__row__{name}" for name in ("title", "description", "location")), config="simple"
)

# `until` of the version that still stands. A later instant than any that the API takes.
OPEN = datetime.max.replace(tzinfo=UTC)

# For each order, what the grant copies of the event: its place in today's list, and since when it
# has been there; and when an event left the place that it had with a version of before.
PLACES = {
    "start_time": (F("access__event_start_time"), F("access__event_moved_at")),
    "updated_at": (F("access__event_updated_at"), F("access__event_updated_at")),
}
LEFT = {"start_time": F("stood__left_at"), "updated_at": F("stood__until")}

# A minus that stands before no word or phrase says nothing, and PostgreSQL refuses a few dozen of
# them in a row.
DANGLING_MINUS = re.compile(r'-(?![\w"])')


class EventQuerySet(models.QuerySet):
    """The one door to events is `visible_to`; the trash has doors of its own."""

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

    def in_trash_since(self, instant: datetime) -> "EventQuerySet":
        """Whoever's events that were thrown away before that instant: for purging the trash."""
        return self.filter(deleted_at__lt=instant)

    def _granted_to(self, user: "User", roles: list[Role], **conditions) -> "EventQuerySet":
        # One grant for each person and event (a constraint), so this join cannot double a row. Each
        # filter() on a path through it would join it anew, and no index would then cut the page:
        # so all conditions are in one, and filters and orders name the columns by these aliases.
        access = FilteredRelation("grants", condition=Q(grants__user=user.pk))
        granted = self.alias(access=access).filter(access__role__in=roles, **conditions)
        return (granted if user.is_authenticated else granted.none()).alias(
            by_event_id=F("access__event_id"),
            by_start_time=F("access__event_start_time"),
            by_updated_at=F("access__event_updated_at"),
            by_end_time=F("end_time"),
            by_status=F("status"),
            by_tags=F("tags"),
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
        of_then = "search_vector" in self.query.annotations
        searched = self if of_then else self.alias(search_vector=SEARCH_VECTOR)
        return searched.filter(search_vector=query)

    def as_of(self, at: datetime) -> "EventQuerySet":
        """Those that were there at `at`, out of the trash, with the version that was the newest.

        To be called last: what a door has let in today stays the rule of who may see it. Filters
        and orders are then about the content of that version; `events.past.as_it_was` shows it.
        """
        standing = self.alias(stood=FilteredRelation("spans")).filter(
            stood__since__lte=at, stood__until__gt=at
        )
        return (
            standing.alias(
                by_event_id=F("stood__event_id"),
                by_start_time=F("stood__start_time"),
                by_updated_at=F("stood__since"),
                by_end_time=F("stood__end_time"),
                by_status=F("stood__row__status"),
                by_tags=F("stood__row__tags"),
                search_vector=VERSION_VECTOR,
            )
            .annotate(
                then_version=F("stood__row__version"),
                then_snapshot=F("stood__row__snapshot"),
                then_since=F("stood__since"),
                then_by_id=F("stood__row__history_user_id"),
                updated_by_username=_username_of("then_by_id"),
            )
            .defer(*contents.FIELDS)
        )

    def in_place_since(self, at: datetime, order: str) -> "EventQuerySet":
        """As of `at`: the events whose place in the order is the same today, so an index has it."""
        place, placed_at = PLACES[order]
        kept = self.alias(placed_at=placed_at, created=F("access__event_created_at"))
        # The second follows from the first; there is an index that begins with it.
        kept = kept.filter(placed_at__lte=at, created__lte=at).as_of(at)
        return kept.alias(**{"by_event_id": F("access__event_id"), f"by_{order}": place})

    def out_of_place_since(self, at: datetime, order: str) -> "EventQuerySet":
        """As of `at`: all the others. An index has the places that have been left."""
        moved = self
        if order == "updated_at":
            # This follows, too, and there is an index. For the other order there is none, and what
            # is said twice makes the planner expect too few.
            moved = moved.alias(placed_at=PLACES[order][1]).filter(placed_at__gt=at)
        return moved.as_of(at).alias(left=LEFT[order]).filter(left__gt=at, left__lt=OPEN)


def _username_of(column: str) -> Subquery:
    """The user name behind a plain id column; null once that account is gone."""
    users = get_user_model().objects.filter(pk=OuterRef(column))
    return Subquery(users.values("username")[:1])


class HistoryQuerySet(models.QuerySet):
    """Rows of history, of content or of access."""

    def with_author(self) -> "HistoryQuerySet":
        return self.annotate(by_username=_username_of("history_user_id"))


class VersionQuerySet(HistoryQuerySet):
    def at(self, places: Collection[tuple[UUID, int]]) -> "VersionQuerySet":
        """Those versions of those events, `(event, version)` each; no query for no places."""
        return self.filter(TupleIn(("id", "version"), list(places))) if places else self.none()

    def of_event(self, event_id: UUID) -> "VersionQuerySet":
        return self.filter(id=event_id)


class GrantQuerySet(models.QuerySet):
    """Access as the permissions list shows it."""

    def of_event(self, event_id: UUID) -> "GrantQuerySet":
        return self.filter(event_id=event_id)
