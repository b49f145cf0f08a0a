"""The tables of history, which staff read and nobody changes; and what every list refuses."""

import pytest
from django.contrib import admin as pages
from django.urls import reverse

from accounts.tests.factories import UserFactory
from collaboration.admin import history
from collaboration.services import sharing
from events.models import HistoricalEvent, HistoricalGrant
from events.tests.factories import EventFactory, edit
from neofi.tests.queries import queries

VERSIONS = reverse("admin:events_historicalevent_changelist")
ACCESS = reverse("admin:events_historicalgrant_changelist")


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(username="staff", is_staff=True, is_superuser=True))
    return client


def found(admin, address: str, **query) -> list[tuple]:
    answer = admin.get(address, query)
    assert answer.status_code == 200, answer
    return [(row.action, row.by_username) for row in answer.context["cl"].result_list]


def test_versions_are_listed_newest_first(admin, owner, editor, event):
    edit(event.pk, by=editor, content={"title": "Review"})
    other = EventFactory(by=editor, title="Other")
    newest = [("created", "editor"), ("updated", "editor"), ("created", "owner")]
    assert found(admin, VERSIONS) == newest
    assert found(admin, VERSIONS, event=event.pk) == newest[1:]
    assert found(admin, VERSIONS, action="updated") == newest[1:2]
    assert found(admin, VERSIONS, person="EDITOR") == newest[:2]
    assert found(admin, VERSIONS, person=owner.pk, event=event.pk) == newest[2:]
    assert found(admin, VERSIONS, person=owner.pk, event=other.pk) == []
    assert found(admin, VERSIONS, person="nobody") == found(admin, VERSIONS, event="x") == []


def test_changes_of_access_are_listed_newest_first(admin, owner, editor, viewer, event):
    sharing.revoke(event.pk, viewer.pk, by=owner)
    rows = [("revoked", "owner"), ("shared", "owner"), ("shared", "owner"), ("created", "owner")]
    assert found(admin, ACCESS) == found(admin, ACCESS, event=event.pk) == rows
    assert found(admin, ACCESS, action="shared") == rows[1:3]
    assert found(admin, ACCESS, user="viewer") == [rows[0], rows[1]]
    assert found(admin, ACCESS, person="owner") == rows
    assert found(admin, ACCESS, person="editor") == []


def test_without_an_event_only_the_newest_rows_are_looked_through(admin, owner, monkeypatch):
    event = EventFactory(by=owner)
    for number in range(3):
        edit(event.pk, by=owner, content={"title": f"Title {number}"})
    monkeypatch.setattr(history, "NEWEST", 2)
    assert len(found(admin, VERSIONS, person="owner")) == 2
    assert len(found(admin, VERSIONS, person="owner", event=event.pk)) == 4
    assert len(found(admin, VERSIONS)) == 4


@pytest.mark.parametrize("address", [VERSIONS, ACCESS])
def test_history_is_read_and_never_written(admin, event, address):
    model = HistoricalEvent if address == VERSIONS else HistoricalGrant
    row = model.objects.order_by("-pk").first()
    change = f"{address}{row.pk}/change/"
    assert admin.get(change).status_code == 200
    assert admin.post(change, {"title": "x"}).status_code == 403
    assert admin.get(f"{address}add/").status_code == 403
    assert admin.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post(address, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("address", [VERSIONS, ACCESS])
@pytest.mark.parametrize("query", ["", "?action=shared"])
def test_a_page_of_history_takes_as_many_queries_for_few_rows_as_for_many(
    admin, owner, event, address, query
):
    # The session, its user; how many there are, and those of the page; which are the newest.
    expected = 4 + bool(query)
    with queries(expected):
        admin.get(address + query)
    for number in range(30):
        edit(EventFactory(by=owner).pk, by=owner, content={"title": f"Title {number}"})
    with queries(expected):
        admin.get(address + query)


@pytest.mark.parametrize("address", [VERSIONS, ACCESS])
@pytest.mark.parametrize("query", ["snapshot__regex=.*", "history_date__gt=2020-01-01"])
def test_other_columns_are_no_filters(admin, address, query):
    assert admin.get(f"{address}?{query}").status_code == 400


def test_who_may_not_look_sees_nothing(client, event):
    client.force_login(UserFactory(username="helper", is_staff=True))
    for address in (VERSIONS, ACCESS):
        assert client.get(address).status_code == 403


# Every list

LISTS = [
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model in pages.site._registry
]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "query", ["q=%00", "status=%00", "owner=%00", "person=a%00b", "p=%00", "o=%00", "%00=1", "e=1"]
)
def test_nul_is_refused_and_no_error(admin, address, query):
    answer = admin.get(f"{address}?{query}", follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("row", ["%00", "x", "99999999999999999999999", "00000000-0000-0000"])
def test_a_row_that_never_was_is_no_error(admin, address, row):
    assert admin.get(f"{address}{row}/change/", follow=True).status_code in (200, 403, 404)


@pytest.mark.parametrize("model", ["user", "event"])
def test_nul_is_nothing_to_complete(admin, model):
    query = {"app_label": "events", "model_name": "grant", "field_name": model, "term": "\0"}
    assert admin.get(reverse("admin:autocomplete"), query).status_code in (200, 403)
