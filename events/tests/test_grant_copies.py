"""What grants copy of their event, where it depends on all of them: the owner, and how many."""

from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from collaboration.services.sharing import change_role, revoke
from events.models import Event, Grant
from events.querysets import FEW, OPEN
from events.roles import Role
from events.services.writing import delete_event, purge_event, restore_event
from events.tests.factories import EventFactory, edit, shared
from events.verifying.everything import Inspection


@pytest.fixture
def people(db):
    return [UserFactory(username=f"person-{number}") for number in range(FEW)]


@pytest.fixture
def crowded(owner, people):
    """With one grant more than few."""
    return shared(EventFactory(by=owner), dict.fromkeys(people, "viewer"))


def copied(event) -> set:
    return set(Grant.objects.filter(event=event).values_list("event_updated_at", flat=True))


def assert_right() -> None:
    assert list(Inspection().faults()) == []


def test_the_grants_of_many_people_do_not_follow_each_change(crowded, owner):
    assert copied(crowded) == {OPEN}
    edit(crowded.pk, by=owner, content={"title": "New"})
    edit(crowded.pk, by=owner, content={"start_time": crowded.start_time - timedelta(hours=1)})
    delete_event(crowded.pk, by=owner)
    restore_event(crowded.pk, by=owner)
    assert copied(crowded) == {OPEN}
    assert_right()


def test_one_less_and_they_do_again(crowded, owner, people, stranger):
    revoke(crowded.pk, people[0].pk, by=owner)
    assert copied(crowded) == {Event.objects.get(pk=crowded.pk).updated_at}
    edit(crowded.pk, by=owner, content={"title": "New"})
    assert copied(crowded) == {Event.objects.get(pk=crowded.pk).updated_at}
    assert_right()
    shared(crowded, {stranger: "editor"})
    assert copied(crowded) == {OPEN}
    assert_right()


def test_one_by_one_it_is_the_same(owner, people):
    event = EventFactory(by=owner)
    for person in people:
        assert copied(event) != {OPEN}
        shared(event, {person: "viewer"})
    assert copied(event) == {OPEN}
    assert_right()


def test_many_may_go_at_once(crowded, owner):
    Grant.objects.filter(event=crowded).exclude(user=owner)._raw_delete("default")
    assert copied(crowded) == {Event.objects.get(pk=crowded.pk).updated_at}
    purge_event(crowded.pk, by=owner)
    assert not Grant.objects.exists()


def test_all_of_them_name_the_new_owner(crowded, owner, people):
    change_role(crowded.pk, people[0].pk, Role.OWNER, by=owner)
    grants = Grant.objects.filter(event=crowded)
    assert set(grants.values_list("event_owner", flat=True)) == {people[0].pk}
    assert_right()


@pytest.mark.parametrize("ordering", ["updated_at", "-updated_at"])
def test_both_kinds_come_in_one_order(api, crowded, owner, people, ordering):
    others = [EventFactory(by=people[0]) for _ in range(3)]
    for event in others:
        shared(event, {owner: "editor"})
    edit(others[0].pk, by=people[0], content={"title": "Second to last"})
    edit(crowded.pk, by=owner, content={"title": "Last"})
    expected = [str(event.pk) for event in (others[1], others[2], others[0], crowded)]
    if ordering[0] == "-":
        expected.reverse()
    client, found, url = api(owner), [], f"/api/events?ordering={ordering}&page_size=1"
    while url:
        page = client.get(url).json()
        found += [event["id"] for event in page["results"]]
        url = page["next"]
    assert found == expected


@pytest.mark.parametrize("ordering", ["start_time", "updated_at"])
def test_what_changed_since_is_found_among_both_kinds(api, crowded, owner, ordering):
    other, client = EventFactory(by=owner), api(owner)
    url = f"/api/events?ordering={ordering}&updated_since="
    for event, expected in ((other, [other]), (crowded, [crowded])):
        at = edit(event.pk, by=owner, content={"title": f"New {event.pk}"}).updated_at
        page = client.get(f"{url}{at:%Y-%m-%dT%H:%M:%S.%f}Z").json()["results"]
        assert [event["id"] for event in page] == [str(event.pk) for event in expected]


def test_many_people_see_the_past_too(api, crowded, owner):
    before = Event.objects.get(pk=crowded.pk).updated_at
    other = EventFactory(by=owner)
    between = Event.objects.get(pk=other.pk).updated_at
    edit(crowded.pk, by=owner, content={"title": "New"})
    client = api(owner)
    for at, titles in ((before, ["Planning"]), (between, ["Planning", "Planning"])):
        page = client.get(f"/api/events?as_of={at:%Y-%m-%dT%H:%M:%S.%f}Z&ordering=updated_at")
        assert [event["title"] for event in page.json()["results"]] == titles
