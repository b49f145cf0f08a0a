import pytest

from events.services.writing import delete_event
from events.tests import tampering
from events.tests.factories import EventFactory, edit
from events.tests.merges import START


@pytest.fixture
def url(event):
    return f"/api/events/{event.pk}"


@pytest.fixture
def second_version(owner, event):
    """Of the event: what tests of merges start from."""
    edit(event.pk, by=owner, content=START)


@pytest.fixture
def eventful(owner, editor):
    """One among others, of which nothing is wrong."""
    EventFactory(by=owner)
    event = tampering.eventful(owner, editor)
    delete_event(EventFactory(by=editor).pk, by=editor)
    return event
