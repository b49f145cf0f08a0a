"""A POST with an Idempotency-Key acts once, however often it comes."""

from datetime import timedelta
from functools import partial
from threading import Event as Flag
from uuid import UUID

import ormsgpack
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from accounts.tests.threads import at_once
from collaboration.services import sharing
from events.models import Event, HistoricalEvent, RememberedAnswer
from events.services import idempotency, writing
from events.tests.factories import EventFactory, body, edit
from neofi.tests.queries import queries
from neofi.tests.refusals import problem_in

URL = "/api/events"
KEY = {"Idempotency-Key": "one"}


def post(client, path=URL, data=None, key="one", **headers):
    sent = body() if data is None and path == URL else data
    return client.post(path, sent, headers={"Idempotency-Key": key, **headers})


def test_the_same_request_gets_the_first_answer_again(api, owner):
    first, second = (post(api(owner)) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    for name in ("Location", "ETag", "X-Change-Set"):
        assert second[name] == first[name]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Event.objects.count() == 1


def test_a_trailing_slash_is_no_other_request(api, owner):
    assert post(api(owner), f"{URL}/", body()).content == post(api(owner)).content
    assert Event.objects.count() == 1


def test_the_answer_comes_again_in_the_form_that_is_asked_for(api, owner):
    first = post(api(owner))
    second = post(api(owner), Accept="application/msgpack")
    assert ormsgpack.unpackb(second.content) == first.json()
    assert second["ETag"] == first["ETag"].replace(".json", ".msgpack")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (URL, body(title="Another")),
        (URL + "?format=json", body()),
    ],
)
def test_the_same_key_with_another_request_is_422(api, owner, path, sent):
    post(api(owner))
    refused = post(api(owner), path, sent)
    assert refused.status_code == 422
    assert problem_in(refused)["code"] == "idempotency_key_reused"
    assert Event.objects.count() == 1


def test_the_spelling_of_the_body_counts_not_its_meaning(api, owner):
    client = api(owner)
    send = partial(client.post, URL, content_type="application/json", headers=KEY)
    text = '{"title": "A", "start_time": "2026-03-02T09:00Z", "end_time": "2026-03-02T10:00Z"}'
    assert send(text).status_code == 201
    assert send(text.replace(": ", ":")).status_code == 422


def test_a_key_belongs_to_its_user_and_path(api, owner, editor, event):
    answers = [
        post(api(owner)),
        post(api(editor)),
        post(api(owner), f"{URL}/batch", {"events": [body()]}),
        post(api(owner), f"{URL}/{event.pk}/rollback/1", {}),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 200]
    assert not any("Idempotent-Replayed" in answer for answer in answers)


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_400(api, owner, key):
    assert post(api(owner), key=key).status_code == 400
    assert not Event.objects.exists()


def test_a_refusal_is_not_remembered(api, owner):
    refused = post(api(owner), URL, body(title=""))
    assert refused.status_code == 400
    assert post(api(owner), URL, body(title="")).content == refused.content
    assert post(api(owner)).status_code == 201


def test_a_dry_run_is_not_remembered(api, owner):
    dry = post(api(owner), f"{URL}?dry_run=true", body())
    assert (dry.status_code, dry["Dry-Run"]) == (200, "true")
    assert not RememberedAnswer.objects.exists()
    assert post(api(owner)).status_code == 201


def test_what_was_answered_for_some_items_is_remembered(api, owner):
    sent = {"events": [body(), body(title="")], "atomic": False}
    first, second = (post(api(owner), f"{URL}/batch", sent) for _ in range(2))
    assert (first.status_code, second.content) == (207, first.content)
    assert Event.objects.count() == 1


def test_an_answer_without_a_body_is_remembered(api, owner, event):
    path = f"{URL}/{event.pk}/undo/1"
    answers = [post(api(owner), path, {}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1]["X-Change-Set"] == answers[0]["X-Change-Set"]
    assert HistoricalEvent.objects.of_event(event.pk).count() == 2
    assert post(api(owner), path, {}, key="two").status_code == 404


@pytest.mark.parametrize("path", ["rollback/1", "share"])
def test_it_is_given_again_when_the_event_is_in_the_trash_by_then(api, owner, event, path):
    sent = {"user": "viewer", "role": "viewer"} if path == "share" else {}
    url = f"{URL}/{event.pk}/{path}"
    first = post(api(owner), url, sent)
    writing.delete_event(event.pk, by=owner)
    assert post(api(owner), url, sent).content == first.content
    assert post(api(owner), url, sent, key="two").status_code == 404


def test_a_key_opens_no_trash(api, owner, viewer, event):
    writing.delete_event(event.pk, by=owner)
    assert post(api(viewer), f"{URL}/{event.pk}/undo/1", {}).status_code == 404


def test_who_has_lost_access_is_told_nothing_again(api, owner, editor, event):
    path = f"{URL}/{event.pk}/rollback/1"
    assert post(api(editor), path, {}).status_code == 200
    sharing.revoke(event.pk, editor.pk, by=owner)
    assert post(api(editor), path, {}).status_code == 404


def test_who_has_lost_access_to_one_of_many_is_told_nothing_again(api, owner, editor, event):
    operations = [{"op": "update", "id": str(event.pk), "event": {"title": "A"}}]
    send = partial(post, api(editor), f"{URL}/batch", {"operations": operations})
    assert send().status_code == 200
    sharing.revoke(event.pk, editor.pk, by=owner)
    assert send().status_code == 404


def test_it_is_forgotten_after_a_day(api, owner):
    post(api(owner))
    almost, over = timedelta(hours=23, minutes=59), timedelta(hours=24, minutes=1)
    RememberedAnswer.objects.update(created_at=timezone.now() - almost)
    assert "Idempotent-Replayed" in post(api(owner))
    RememberedAnswer.objects.update(created_at=timezone.now() - over)
    assert post(api(owner), URL, body(title="Another")).status_code == 201
    assert RememberedAnswer.objects.count() == 1
    assert "Idempotent-Replayed" in post(api(owner), URL, body(title="Another"))


def test_tidy_removes_what_is_too_old(api, owner, capsys):
    post(api(owner))
    post(api(owner), key="two")
    old = RememberedAnswer.objects.order_by("scope").first()
    RememberedAnswer.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    call_command("tidy")
    assert "1 remembered answers" in capsys.readouterr().out
    assert RememberedAnswer.objects.count() == 1


def test_a_purge_takes_the_answers_with_it(api, owner):
    kept = EventFactory(by=owner)
    single = post(api(owner)).json()
    many = post(api(owner), f"{URL}/batch", {"events": [body()]}).json()["results"][0]
    post(api(owner), f"{URL}/{kept.pk}/rollback/1", {})
    for event in (single, many):
        writing.purge_event(UUID(event["id"]), by=owner)
    (left,) = RememberedAnswer.objects.all()
    assert left.event_ids.count(kept.pk) == 1


def test_a_purge_takes_what_a_clash_has_shown_with_it(api, owner, event):
    edit(event.pk, by=owner, content={"title": "Secret"})
    clash = {"op": "update", "id": str(event.pk), "base_version": 1, "event": {"title": "Mine"}}
    answer = post(api(owner), f"{URL}/batch", {"operations": [clash], "atomic": False})
    assert "Secret" in str(answer.json())
    writing.purge_event(event.pk, by=owner)
    assert not RememberedAnswer.objects.exists()


def test_get_and_patch_take_no_notice_of_a_key(api, owner, event):
    client = api(owner)
    for title in ("A", "B"):
        answer = client.patch(f"{URL}/{event.pk}", {"title": title}, headers=KEY)
        assert answer.json()["title"] == title
    assert client.get(URL, headers=KEY).status_code == 200
    assert not RememberedAnswer.objects.exists()


def test_sharing_can_be_repeated(api, owner, event):
    UserFactory(username="newcomer")
    path, sent = f"{URL}/{event.pk}/share", {"user": "newcomer", "role": "viewer"}
    assert [post(api(owner), path, sent).status_code for _ in range(2)] == [201, 201]


def test_a_key_costs_three_statements(api, owner):
    client = api(owner)
    with queries(6):  # a create's two; whether there is an answer; the lock, the same, this one
        post(client)
    with queries(3):  # session; the answer; whether all that it tells of may be seen
        post(client)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_acts(api, owner):
    client = api(owner)
    answers = at_once(*[partial(post, client)] * 6)
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {201, 409}
    assert Event.objects.count() == 1
    assert codes.count(201) >= 1
    assert {problem_in(a)["code"] for a in answers if a.status_code == 409} <= {
        "idempotency_in_flight"
    }
    assert post(client)["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_key_in_flight_is_409(api, owner, monkeypatch):
    client, began, go_on = api(owner), Flag(), Flag()
    remember = idempotency._remember

    def slowly(*args):
        began.set()
        assert go_on.wait(10)
        remember(*args)

    def impatient():
        assert began.wait(10)
        try:
            return post(client)
        finally:
            go_on.set()

    monkeypatch.setattr(idempotency, "_remember", slowly)
    first, second = at_once(partial(post, client), impatient)
    assert first.status_code == 201
    assert second.status_code == 409
    assert problem_in(second)["code"] == "idempotency_in_flight"


@pytest.mark.django_db(transaction=True)
def test_a_crash_after_the_effect_leaves_neither_effect_nor_answer(api, owner, monkeypatch):
    def crash(*args):
        raise RuntimeError("killed here")

    client = api(owner)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_remember", crash)
        assert post(client).status_code == 500
    assert not Event.objects.exists()
    assert post(client).status_code == 201
    assert Event.objects.count() == 1


def test_purging_and_removing_are_answered_by_indexes(db):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for condition, index in (
            (
                "event_ids @> ARRAY[uuid '01890a5d-ac96-774b-bcce-b302099a8057']",
                "answer_events_idx",
            ),
            ("created_at < now()", "answer_age_idx"),
        ):
            cursor.execute(f"EXPLAIN SELECT 1 FROM events_rememberedanswer WHERE {condition}")
            assert index in str(cursor.fetchall())
