"""An event with a rich history, and the ways in which somebody with the database changes it."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.services.sharing import Invitation, change_role, revoke, share
from events.models import Event, HistoricalEvent, Span, Stay
from events.roles import Role
from events.services.versions import roll_back, undo_version
from events.services.writing import delete_event, restore_event
from events.tests.factories import EventFactory, edit, shared

ANOTHER = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
A_DAY = timedelta(days=1)

# For each column of a version, what somebody makes of it. `history_id` says nothing.
COLUMNS = {
    "id": ANOTHER,
    "title": "Mine",
    "description": "Mine",
    "location": "Mine",
    "start_time": F("start_time") - A_DAY,
    "end_time": F("end_time") + A_DAY,
    "timezone": "Asia/Tokyo",
    "all_day": True,
    "status": "cancelled",
    "transparency": "transparent",
    "tags": ["mine"],
    "metadata": {"n": 1.0},
    "recurrence": "FREQ=DAILY",
    "exceptions": {"a": None},
    "uid": "mine",
    "split_from_id": ANOTHER,
    "version": 17,
    "created_at": F("created_at") - A_DAY,
    "updated_at": F("updated_at") + A_DAY,
    "deleted_at": F("history_date"),
    "history_date": F("history_date") + timedelta(microseconds=1),
    "history_type": "-",
    "history_user_id": ANOTHER,
    "history_change_reason": "mine",
    "action": "restored",
    "change_set": ANOTHER,
    "source_version": 7,
    "merged_from": 7,
    "snapshot": Concat(F("snapshot"), Value(" "), output_field=TextField()),
    "hash": "0" * 64,
}
# For each column of the event's own row.
_OF_BOTH = {field.attname for field in Event._meta.concrete_fields} & COLUMNS.keys() - {"id"}
EVENT_COLUMNS = {
    **{name: COLUMNS[name] for name in sorted(_OF_BOTH)},
    "deleted_at": F("updated_at"),
    "split_from_id": F("id"),
    "field_versions": {"title": 1},
    "history_at": F("history_at") + A_DAY,
    "history_head": "0" * 64,
    "moved_at": F("moved_at") - A_DAY,
}

# For each column of a span, what somebody makes of it.
SPAN_COLUMNS = {
    "start_time": F("start_time") + A_DAY,
    "end_time": F("end_time") + A_DAY,
    "since": F("since") - A_DAY,
    "until": F("since") + timedelta(seconds=1),
}
# For each column of a stay.
STAY_COLUMNS = {
    "start_time": F("start_time") + A_DAY,
    "since": F("since") - A_DAY,
    "left_at": F("since") + timedelta(seconds=1),
}

# Spans and stays taken out and put in, with what is told of it. Of the versions 1 to 7, 5 is in the
# trash, and 3, 4 and 7 move.
SPANS = {
    "one gone": (
        lambda event: spans_of(event, 3).delete(),
        ["Version 3 of event {event}: it has no span."],
    ),
    "all gone": (
        lambda event: Span.objects.filter(event=event).delete(),
        [f"Version {number} of event {{event}}: it has no span." for number in (1, 2, 3, 4, 6, 7)],
    ),
    "in the trash": (
        lambda event: insert(newest_span(event), event.pk, version(event, 5).get().pk),
        ["Version 5 of event {event}: it is in the trash, and has a span."],
    ),
    "of no version": (
        lambda event: insert(newest_span(event), event.pk, 2**40),
        [f"Event {{event}}: its span {2**40} stands for none of its versions."],
    ),
    "of nothing at all": (
        lambda event: insert(newest_span(event), ANOTHER, 2**40),
        [f"Event {{another}}: its span {2**40} stands for none of its versions."],
    ),
    "stay gone": (
        lambda event: stays_of(event, 4).delete(),
        ["Version 4 of event {event}: it has no stay."],
    ),
    "all stays gone": (
        lambda event: Stay.objects.filter(event=event).delete(),
        [f"Version {number} of event {{event}}: it has no stay." for number in (3, 4, 7)],
    ),
    "stay without a move": (
        lambda event: insert(newest_stay(event), event.pk, version(event, 2).get().pk),
        ["Version 2 of event {event}: it did not move, and has a stay."],
    ),
    "stay of no version": (
        lambda event: insert(newest_stay(event), event.pk, 2**40),
        [f"Event {{event}}: its stay {2**40} stands for none of its versions."],
    ),
    "span and stay gone": (
        lambda event: (spans_of(event, 3).delete(), stays_of(event, 3).delete()),
        [
            "Version 3 of event {event}: it has no span.",
            "Version 3 of event {event}: it has no stay.",
        ],
    ),
}


def eventful(owner: User, editor: User) -> Event:
    """Versions 1 to 7, live, with changes of access in between."""
    viewer = UserFactory(username="passing")
    event = shared(EventFactory(by=owner, metadata={"n": 1}), {editor: "editor", viewer: "viewer"})
    edit(event.pk, by=editor, content={"title": "Review", "tags": ["q"]}, note="better")
    change_role(event.pk, viewer.pk, Role.EDITOR, by=owner)
    edit(event.pk, by=viewer, content={"start_time": event.start_time - A_DAY})
    revoke(event.pk, viewer.pk, by=owner)
    roll_back(event.pk, 1, by=editor)
    delete_event(event.pk, by=owner)
    restore_event(event.pk, by=owner)
    undo_version(event.pk, 4, by=editor)
    share(event.pk, by=owner, invitations=[Invitation(viewer, Role.VIEWER)])
    return Event.objects.get(pk=event.pk)


def version(event: Event, number: int):
    return HistoricalEvent.objects.of_event(event.pk).filter(version=number)


def change_version(event: Event, number: int, **columns) -> None:
    assert version(event, number).update(**columns) == 1


def change_event(event: Event, **columns) -> None:
    assert Event.objects.filter(pk=event.pk).update(**columns) == 1


def spans_of(event: Event, number: int):
    return Span.objects.filter(event=event, row__version=number)


def stays_of(event: Event, number: int):
    return Stay.objects.filter(event=event, row__version=number)


def newest_span(event: Event) -> Span:
    return spans_of(event, event.version).get()


def newest_stay(event: Event) -> Stay:
    return Stay.objects.filter(event=event).order_by("-left_at")[0]


def insert(copied: Span | Stay, event_id: UUID, row_id: int) -> None:
    """A copy of one that stands for another row. The database would refuse some."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE events_span DROP CONSTRAINT span_of_version")
        cursor.execute("ALTER TABLE events_stay DROP CONSTRAINT stay_until_version")
    copied.pk, copied.event_id = row_id, event_id
    type(copied).objects.bulk_create([copied])


def insert_version(event: Event, after: int) -> None:
    """A version of somebody's own behind the newest."""
    row = version(event, after).get()
    row.pk, row.version = None, after + 1
    row.history_date = row.updated_at = row.history_date + A_DAY
    HistoricalEvent.objects.bulk_create([row])


def swap(event: Event, one: int, other: int) -> None:
    change_version(event, one, version=99)
    change_version(event, other, version=one)
    change_version(event, 99, version=other)


def chain_anew(event: Event, key: str = "") -> None:
    """What whoever knows how hashes are made does after a change, to hide it."""
    head = ""
    for row in HistoricalEvent.objects.of_event(event.pk).order_by("version"):
        head = row.hash_after(head, key)
        change_version(event, row.version, hash=head)
    change_event(event, history_head=head)


def without_triggers(table: str, statement: str, *values) -> None:
    """Run SQL as somebody does who owns the table and minds no rule of it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("DROP INDEX IF EXISTS grant_one_owner_per_event")
        cursor.execute(statement, values)
