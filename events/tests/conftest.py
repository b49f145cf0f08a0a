import pytest

from events.services.writing import delete_event
from events.tests import tampering
from events.tests.factories import EventFactory


@pytest.fixture
def eventful(owner, editor):
    """One among others, of which nothing is wrong."""
    EventFactory(by=owner)
    event = tampering.eventful(owner, editor)
    delete_event(EventFactory(by=editor).pk, by=editor)
    return event
