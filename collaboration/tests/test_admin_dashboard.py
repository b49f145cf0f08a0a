"""The first page of the staff."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts import services
from accounts.models import FailedLogin
from accounts.tests.factories import UserFactory
from collaboration.admin import dashboard
from events.services import writing
from events.services.editing import Edit
from events.tests.factories import EventFactory


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(username="staff", is_staff=True, is_superuser=True))
    return client


def figures(client) -> dict[str, int]:
    return {tile.label: tile.figure for tile in client.get("/admin/").context["tiles"]}


def test_it_counts_what_there_is(admin, event, owner):
    writing.update_event(event.pk, Edit({"title": "Another"}), by=owner)
    services.start_session(user=owner)
    ended, _ = services.start_session(user=owner)
    services.end_session(session_id=ended.pk)
    FailedLogin.objects.create(user=owner, at=timezone.now())
    assert figures(admin) == {
        "Users": 4,
        "Events": 1,
        "Versions": 2,
        "Open sessions": 1,
        "Failed logins": 1,
    }


def test_each_figure_links_to_its_list(admin, event):
    tiles = admin.get("/admin/").context["tiles"]
    assert len(tiles) == 5
    for tile in tiles:
        assert admin.get(tile.url).status_code == 200, tile.url


def test_each_day_has_a_bar_and_the_highest_is_full(admin, event, owner):
    now = timezone.now()
    for ago in (0, 1, 1, 40):
        FailedLogin.objects.create(user=owner, at=now - timedelta(days=ago))
    charts = dict(admin.get("/admin/").context["charts"])
    days = charts["Failed logins per day"]
    assert [day.date for day in days[-2:]] == [now.date() - timedelta(days=1), now.date()]
    assert [(day.count, day.share) for day in days[-3:]] == [(0, 0), (2, 100), (1, 50)]
    assert len(days) == 30
    assert charts["Versions per day"][-1].count == 1


def test_what_is_edited_most_comes_first_and_leads_to_its_history(admin, owner):
    EventFactory(by=owner, title="Quiet")
    busy = EventFactory(by=owner, title="Busy <b>")
    writing.update_event(busy.pk, Edit({"location": "Elsewhere"}), by=owner)
    page = admin.get("/admin/")
    edited = page.context["edited"]
    assert [(one.title, one.count) for one in edited] == [("Busy <b>", 2), ("Quiet", 1)]
    assert admin.get(edited[0].url).status_code == 200
    assert "Busy &lt;b&gt;" in page.content.decode()


def test_a_member_of_staff_sees_the_figures_of_lists_that_are_theirs(client, event):
    helper = UserFactory(username="helper", is_staff=True)
    client.force_login(helper)
    assert figures(client) == {}
    may = Permission.objects.get(codename="view_session", content_type__app_label="accounts")
    helper.user_permissions.add(may)
    assert figures(client).keys() == {"Open sessions"}


def test_it_asks_the_database_nothing_while_its_figures_are_kept(
    admin, owner, django_assert_max_num_queries
):
    admin.get("/admin/")
    EventFactory(by=owner)
    with django_assert_max_num_queries(2):  # Django's session, and the member of staff
        assert figures(admin)["Events"] == 0


@pytest.mark.parametrize("count", [1, 10])
def test_counting_takes_the_same_number_of_queries(owner, count, django_assert_num_queries):
    for _ in range(count):
        EventFactory(by=owner)
    with django_assert_num_queries(9):
        dashboard._figures()
