"""Events as the services make them, with plain, fixed values."""

import factory

from accounts.models import User
from accounts.tests.factories import UserFactory
from collaboration.services.sharing import Invitation, share
from events.models import Event
from events.roles import Role
from events.services.editing import Edit
from events.services.writing import create_event, update_event
from events.times import parse


class EventFactory(factory.Factory):
    """`EventFactory(by=owner, title="Review")`: everything but `by` and `note` is content."""

    class Meta:
        model = Event

    by = factory.SubFactory(UserFactory)
    note = ""
    title = "Planning"
    start_time = "2026-03-02T09:00:00Z"
    end_time = "2026-03-02T10:00:00Z"

    @classmethod
    def _create(cls, model_class, *args, by, note, **content):
        return create_event(by=by, note=note, content=in_memory(content))


def in_memory(content: dict) -> dict:
    """Content with its times as the serializers would hand them to a service."""
    times = {name: parse(content[name]) for name in ("start_time", "end_time")}
    return {**content, **times}


def shared(event: Event, roles: dict[User, str]) -> Event:
    """The same event, after its owner has given these people these roles."""
    owner = User.objects.get(pk=event.owner_id)
    invitations = [Invitation(user, Role(role)) for user, role in roles.items()]
    share(event.pk, by=owner, invitations=invitations)
    return event


def body(**changes) -> dict:
    """What a client sends to create an event."""
    return {
        "title": "Planning",
        "start_time": "2026-03-02T09:00:00Z",
        "end_time": "2026-03-02T10:00:00Z",
        **changes,
    }


def edit(event_id, *, by: User, content: dict, note: str = "", as_staff: bool = False, **more):
    """An update by the service; `more` is what an Edit has besides."""
    return update_event(event_id, Edit(content, note=note, **more), by=by, as_staff=as_staff)
