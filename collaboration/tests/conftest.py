import pytest

from events.tests.factories import EventFactory, shared


@pytest.fixture
def other(owner, editor):
    """Another event of the owner's, which the editor sees and the viewer does not."""
    return shared(EventFactory(by=owner, title="Other"), {editor: "editor"})
