"""The staff's list of events: what it finds, and what that costs."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from collaboration.admin import event_list
from collaboration.admin.event_list import MANY
from events.services import writing
from events.tests.factories import EventFactory, shared
from neofi.tests.queries import queries

LIST = reverse("admin:events_event_changelist")


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(username="staff", is_staff=True, is_superuser=True))
    return client


def titles(admin, query: str = "") -> list[str]:
    answer = admin.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer
    return [event.title for event in answer.context["cl"].result_list]


@pytest.fixture
def calendar(owner, stranger):
    """Four events, the oldest first: three of the owner's, one of them in the trash."""
    EventFactory(by=owner, title="Old", start_time="2020-05-06T09:00:00Z")
    EventFactory(by=owner, title="Draft", description="of a needle", status="tentative")
    thrown = EventFactory(by=owner, title="Thrown", location="needle street")
    EventFactory(by=stranger, title="Other", status="cancelled")
    writing.delete_event(thrown.pk, by=owner)


@pytest.fixture(autouse=True)
def _calendar(calendar):
    """For every test here."""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Other", "Thrown", "Draft", "Old"]),
        ("q=needle", ["Thrown", "Draft"]),
        ("q=needle+-draft", ["Thrown"]),
        ("q=nothing+of+this", []),
        ("status=tentative", ["Draft"]),
        ("status=confirmed", ["Thrown", "Old"]),
        ("owner=owner", ["Thrown", "Draft", "Old"]),
        ("owner=OWNER&trash=no", ["Draft", "Old"]),
        ("owner=stranger", ["Other"]),
        ("owner=nobody", []),
        ("trash=yes", ["Thrown"]),
        ("trash=no&status=confirmed", ["Old"]),
        ("start_time__year=2020", ["Old"]),
        ("start_time__year=2020&start_time__month=5", ["Old"]),
        ("start_time__year=2020&start_time__month=5&start_time__day=6", ["Old"]),
        ("start_time__year=2026&start_time__month=3", ["Other", "Thrown", "Draft"]),
        ("start_time__month=1", ["Other", "Thrown", "Draft", "Old"]),
        ("people=none", ["Other", "Thrown", "Draft", "Old"]),
        ("people=few", []),
        ("people=whatever", ["Other", "Thrown", "Draft", "Old"]),
        ("o=3", ["Old", "Other", "Thrown", "Draft"]),
        ("o=1", ["Other", "Thrown", "Draft", "Old"]),  # by title there is no order
    ],
)
def test_events_are_found(admin, query, expected):
    assert titles(admin, query) == expected


def test_an_owner_and_an_event_are_found_by_their_ids(admin, owner):
    event = EventFactory(by=owner, title="Mine")
    assert titles(admin, f"q={event.pk}") == ["Mine"]
    assert "Mine" in titles(admin, f"owner={owner.pk}")
    assert titles(admin, f"owner={event.pk}") == []


def test_events_are_found_by_their_number_of_collaborators(admin, owner):
    def event_of(number):
        people = {UserFactory(): "viewer" for _ in range(number)}
        return shared(EventFactory(by=owner, title=f"With {number}"), people)

    for number in (1, MANY - 1, MANY):
        event_of(number)
    assert titles(admin, "people=few") == ["With 9", "With 1"]
    assert titles(admin, "people=many") == ["With 10"]
    assert not {"With 1", "With 9", "With 10"}.intersection(titles(admin, "people=none"))


def test_only_so_many_are_looked_through_for_collaborators(admin, owner, monkeypatch):
    shared(EventFactory(by=owner, title="First"), {UserFactory(): "viewer"})
    EventFactory(by=owner, title="Second")
    assert titles(admin, "people=few") == ["First"]
    monkeypatch.setattr(event_list, "MOST_LOOKED_THROUGH", 1)
    assert titles(admin, "people=few") == []


def test_of_very_many_people_only_some_are_counted(admin, event, monkeypatch):
    monkeypatch.setattr(event_list, "MOST_PEOPLE", 2)
    assert "1+" in admin.get(LIST).content.decode()


def test_a_text_that_is_too_long_is_not_looked_for(admin):
    answer = admin.get(LIST, {"q": "many words " * 100})
    assert list(answer.context["cl"].result_list) == []
    assert "Search for up to 500 characters" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        *("start_time__year=9999", "start_time__year=0", "start_time__year=x"),
        *(
            "start_time__year=2026&start_time__month=13",
            "start_time__year=9999&start_time__month=12",
        ),
        *("p=99999999999999999999", "start_time__year=", "start_time__year=2026&start_time__day=x"),
    ],
)
def test_what_cannot_be_is_refused_and_no_error(admin, query):
    answer = admin.get(f"{LIST}?{query}", follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    ["description__regex=.*", "grants__user__password__startswith=p", "updated_at__gt=2020-01-01"],
)
def test_other_columns_are_no_filters(admin, query):
    assert admin.get(f"{LIST}?{query}").status_code == 400


def test_years_months_and_days_are_links(admin):
    def links(query):
        return [
            part["title"] for part in admin.get(f"{LIST}?{query}").context["cl"].dates()["choices"]
        ]

    assert links("")[0] == 2020
    assert 2026 in links("")
    assert links("start_time__year=2020")[4] == "May"
    assert links("start_time__year=2020&start_time__month=2")[-1] == 29
    assert links("start_time__year=2020&start_time__month=2&start_time__day=3") == [
        "3 February 2020"
    ]


def test_a_far_year_makes_no_long_list(admin, owner):
    EventFactory(by=owner, start_time="9000-01-01T00:00:00Z", end_time="9000-01-01T01:00:00Z")
    choices = admin.get(LIST).context["cl"].dates()["choices"]
    assert len(choices) < 15
    assert choices[-1]["title"] == 9000


QUERIES = ["", "q=needle", "owner=owner", "status=confirmed", "trash=no", "people=none"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_takes_as_many_queries_for_few_events_as_for_many(admin, owner, query):
    # The session, its user; how many there are, which are on the page, and what is shown of those;
    # the ends of the calendar.
    expected = 6 + (query == "owner=owner")
    with queries(expected):
        admin.get(f"{LIST}?{query}")
    for number in range(20):
        shared(EventFactory(by=owner, title=f"needle {number}"), {UserFactory(): "viewer"})
    with queries(expected):
        admin.get(f"{LIST}?{query}")
