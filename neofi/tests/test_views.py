"""What a view leaves behind."""

import pytest

from neofi.views import StrictView


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
