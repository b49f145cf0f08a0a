"""What a view leaves behind."""

import gc

import pytest
from django.test import RequestFactory

from accounts import services
from neofi.front import call
from neofi.views import StrictView
from neofi.wsgi import application


@pytest.mark.parametrize("path", ["/api/events", "/api/events/{}", "/api/events?unknown=1"])
def test_view_request_and_answer_let_go_of_each_other(api, owner, event, monkeypatch, path):
    """Or their circle would wait for the garbage collector, with all that they hold."""
    views = []
    initial = StrictView.initial

    def noting(self, request, *args, **kwargs):
        views.append((self, request))
        initial(self, request, *args, **kwargs)

    monkeypatch.setattr(StrictView, "initial", noting)
    response = api(owner).get(path.format(event.pk))
    assert response.status_code in (200, 400)
    [(view, request)] = views
    assert vars(view) == response.renderer_context == request.parser_context == {}


READS = ["", "/{}", "/{}/history", "/{}/history/1", "/{}/changelog", "/{}/diff/1/1", "/{}/blame"]


def test_reads_leave_nothing_to_the_garbage_collector(transactional_db, owner, event):
    """Which would stop everybody now and then, 70 ms after pages of events, to look through it."""
    _, session = services.start_session(user=owner)
    token = {"HTTP_AUTHORIZATION": f"Bearer {session.access_token}", "HTTP_X_REQUEST_ID": "read"}

    def read(path):
        status, _, _ = call(application, RequestFactory().get(path, **token).environ)
        assert status == 200

    def left_by(path):
        read(path)  # and what comes once and stays is there
        gc.collect()
        read(path)
        return gc.collect()

    gc.disable()
    try:
        left = {path: left_by("/api/events" + path.format(event.pk)) for path in READS}
    finally:
        gc.enable()
    assert left == dict.fromkeys(READS, 0)
