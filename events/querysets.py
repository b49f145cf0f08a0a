"""Every rule of who may read what, and how it is joined. Chainable, and nothing here writes."""

import json
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, Value
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

# Where an event has more grants than this, they do not follow its `updated_at` (migration 0010).
FEW = 64

# Classes of how long an event is, of a column of the grant: 0 is less than a day, and `n` is less
# than 4 ** n days. The last one reaches over all the years that there are.
MAX_REACH = 11

# The share of rows that PostgreSQL takes to have a word or element of which it knows nothing, or
# more: DEFAULT_TS_MATCH_SEL and DEFAULT_CONTAIN_SEL, and something for rounding.
UNKNOWN = 0.0051

# Each order once more, as no index has it: for what is found first, all of it, and then sorted.
UNORDERED = {
    "start_time": F("access__event_start_time") + Value(timedelta()),
    "updated_at": F("updated_at"),
}

# For each order, since when an event has been in its place there.
PLACED_AT = {"start_time": F("access__event_moved_at"), "updated_at": F("by_updated_at")}

# A minus that stands before no word or phrase says nothing, and PostgreSQL refuses a few dozen of
# them in a row.
DANGLING_MINUS = re.compile(r'-(?![\w"])')


class Sought(NamedTuple):
    """Words or tags. `again` follows from the condition: said as well, it makes the planner expect
    far fewer, and so go by their index.
    """

    condition: Q
    again: Q


class EventQuerySet(models.QuerySet):
    """The one door to events is `visible_to`; the trash has doors of its own."""

    # What `parts` go by: conditions of this queryset, as they were asked for.
    _ends_after: datetime | None = None
    _changed_since: datetime | None = None
    _looked_for: tuple["Sought", ...] = ()

    def _clone(self) -> "EventQuerySet":
        clone = super()._clone()
        for name in ("_ends_after", "_changed_since", "_looked_for"):
            setattr(clone, name, getattr(self, name))
        return clone

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
            by_end_time=F("access__event_end_time"),
            by_reach=F("access__event_reach"),
            by_status=F("access__event_status"),
            by_owner=F("access__event_owner"),
            by_role=F("access__role"),
            by_tags=F("tags"),
            by_updated_at=F("updated_at"),
            # The same, or OPEN if the event has many grants.
            by_copied_update=F("access__event_updated_at"),
        )

    def as_seen_by_caller(self) -> "EventQuerySet":
        """With what an answer shows besides the row, in the same query.

        To be called after a door: `role` is that of the user whom the door let in.
        """
        return self.annotate(
            role=F("access__role"),
            owner_id=F("access__event_owner_id"),
            owner_username=_username_of("owner_id"),
            updated_by_username=_username_of("updated_by_id"),
        )

    def search(self, text: str) -> "EventQuerySet":
        """Full text in title, description and location, in the syntax of a web search."""
        query = SearchQuery(DANGLING_MINUS.sub(" ", text), search_type="websearch", config="simple")
        searched = self if self._is_of_then() else self.alias(search_vector=SEARCH_VECTOR)
        return searched._looking_for(Sought(Q(search_vector=query), Q(search_vector=query & query)))

    def tagged(self, tags: Sequence[str]) -> "EventQuerySet":
        """Those that have all of these tags."""
        return self._looking_for(Sought(Q(by_tags__contains=tags), Q(by_tags__overlap=tags)))

    def _looking_for(self, sought: "Sought") -> "EventQuerySet":
        found = self.filter(sought.condition)
        found._looked_for = (*self._looked_for, sought)
        return found

    def ending_after(self, instant: datetime) -> "EventQuerySet":
        """Those that end after it, as the start of a window asks."""
        found = self.filter(by_end_time__gt=instant)
        found._ends_after = instant
        return found

    def changed_since(self, instant: datetime) -> "EventQuerySet":
        """Those that changed at that instant or later."""
        found = self.filter(by_updated_at__gte=instant)
        if self._is_of_then():
            return found
        # This follows, and there is an index.
        found = found.filter(by_copied_update__gte=instant)
        found._changed_since = instant
        return found

    def parts(self, order: str) -> "list[EventQuerySet]":
        """What together is this, and has nothing in common: each in that order by an index."""
        if self._is_of_then():
            return [self]
        if self._looked_for and self._is_rare():
            again = (sought.again for sought in self._looked_for)
            return [self.filter(*again).alias(**{f"by_{order}": UNORDERED[order]})]
        parts = [self]
        if order == "updated_at" or self._changed_since:
            parts = self._of_few_and_many()
        if order == "start_time" and self._ends_after:
            parts = [half for part in parts for half in part._lately_and_lasting()]
        return parts

    def _of_few_and_many(self) -> "list[EventQuerySet]":
        """Those whose grants follow their changes; and those of many people, to be sorted."""
        few = self.filter(by_copied_update__lt=OPEN)
        # Most of all grants may be of such events, and yet a person have few. What the planner has
        # no statistics of, it takes to be rare.
        many = self.alias(once_more=F("access__event_updated_at") + Value(timedelta()))
        return [
            few.alias(by_updated_at=F("access__event_updated_at")),
            many.filter(by_copied_update=OPEN, once_more=OPEN),
        ]

    def _lately_and_lasting(self) -> "list[EventQuerySet]":
        """Those that began at most a day before the window; and longer ones that reach into it.

        Of each class of length, what can reach into the window began in a stretch that is no longer
        than four times what surely does: so few are read in vain, wherever the window is.
        """
        lately = _before(self._ends_after, days=1)
        reaching = Q()
        for reach in range(1, MAX_REACH + 1):
            began = Q(by_start_time__gt=_before(self._ends_after, days=4**reach))
            reaching |= Q(by_reach=reach) & began
        lasting = self.filter(reaching, by_start_time__lte=lately)
        # The planner takes them for many, and would look for them from the calendar's beginning.
        lasting = lasting.alias(by_start_time=UNORDERED["start_time"])
        return [self.filter(by_start_time__gt=lately), lasting]

    def _is_rare(self) -> bool:
        """Whether the planner knows of no frequent word or tag among what is looked for.

        Of what its statistics do not have it thinks that one event in 200 has it, and would walk
        the calendar, which takes a second where no event has it after all. What they do have it
        estimates well.
        """
        events = self.model._base_manager.alias(search_vector=SEARCH_VECTOR, by_tags=F("tags"))
        found = events.filter(*(sought.condition for sought in self._looked_for))
        together = found.values("pk").union(events.values("pk"), all=True)
        [planned] = json.loads(together.explain(format="json"))
        some, all_ = (plan["Plan Rows"] for plan in planned["Plan"]["Plans"])
        return some <= all_ * UNKNOWN

    def _is_of_then(self) -> bool:
        return "then_version" in self.query.annotations

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
        kept = self.alias(place=F(f"by_{order}"), placed_at=PLACED_AT[order])
        kept = kept.filter(placed_at__lte=at).as_of(at)
        return kept.alias(**{"by_event_id": F("access__event_id"), f"by_{order}": F("place")})

    def out_of_place_since(self, at: datetime, order: str) -> "EventQuerySet":
        """As of `at`: all the others. An index has the places that have been left."""
        if order == "updated_at":
            changed = self.changed_since(at).as_of(at).alias(ended=F("stood__until"))
            return changed.filter(ended__gt=at, ended__lt=OPEN)
        # That they moved since follows, too. But said twice, the planner would expect too few.
        moved = self.alias(stay=FilteredRelation("stays"))
        moved = moved.filter(stay__since__lte=at, stay__left_at__gt=at).as_of(at)
        return moved.alias(
            by_start_time=F("stay__start_time"),
            by_event_id=F("stay__event_id"),
        )


def _before(instant: datetime, days: int) -> datetime:
    """That long before it, or the first instant that there is."""
    try:
        return instant - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


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
