"""The browsable API as people use it: what its forms send is what they meant, and nothing is lost.

The client checks CSRF tokens, for it is while the token is looked for that a form is read.
"""

import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD, UserFactory
from events.models import Event
from events.services.writing import delete_event
from events.tests.factories import EventFactory, edit, shared
from neofi.browsable.inputs import exact, wall_clock
from neofi.tests.queries import queries

PAGE = {"Accept": "text/html,*/*;q=0.8"}
HOSTILE = "<script>alert('x')</script>"


class Controls(HTMLParser):
    """The forms of a page: their addresses, and the names and values that they would send."""

    def __init__(self, html: str):
        super().__init__()
        self.forms, self.text_of = [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.forms.append({"action": values["action"], "method": values["method"], "sent": {}})
        elif not self.forms or (values.get("type") == "checkbox" and "checked" not in values):
            return
        elif tag == "input" and "name" in values:
            self.forms[-1]["sent"][values["name"]] = values.get("value") or ""
        elif tag in ("select", "textarea"):
            self.text_of = values["name"]
            self.forms[-1]["sent"][self.text_of] = ""
        elif tag == "option" and "selected" in values:
            self.forms[-1]["sent"][self.text_of] = values.get("value", "")

    def handle_data(self, data):
        if self.text_of and self.lasttag == "textarea":
            self.forms[-1]["sent"][self.text_of] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            sent = self.forms[-1]["sent"]
            # As browsers do: the first line break is the tag's, and all are two characters.
            text = sent[self.text_of].replace("\r\n", "\n").removeprefix("\n")
            sent[self.text_of] = text.replace("\n", "\r\n")
        if tag in ("select", "textarea"):
            self.text_of = None


class Browser:
    def __init__(self, user):
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(user, backend="accounts.backends.NameOrEmailBackend")

    def get(self, path):
        self.answer = self.client.get(path, headers=PAGE)
        self.page = self.answer.content.decode()
        self.text = unescape(re.sub(r"<[^>]*>", "", self.page))
        self.forms = Controls(self.page).forms
        return self

    def form(self, *names, action=None) -> dict:
        """The first form with all those inputs."""
        return next(
            form
            for form in self.forms
            if set(names) <= set(form["sent"]) and action in (None, form["action"])
        )

    def send(self, form, method="POST", action=None, **inputs):
        names = {name.removesuffix("?").partition(":")[0]: name for name in form["sent"]}
        typed = {names.get(name, name): value for name, value in inputs.items()}
        sent = {**form["sent"], **typed, "_method": method}
        body = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sent.items())
        address = (form["action"] or "") + (action or "")
        self.answer = self.client.post(
            address, body, content_type="application/x-www-form-urlencoded", headers=PAGE
        )
        self.page = self.answer.content.decode()
        self.forms = Controls(self.page).forms
        return self


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.fixture
def browse(db):
    return Browser


@pytest.fixture
def url(event):
    return f"/api/events/{event.pk}"


def test_an_event_is_made_with_a_form(browse, owner):
    owner.timezone = "Europe/Berlin"
    owner.save()
    browser = browse(owner).get("/api/events")
    browser.send(
        browser.form("title", "start_time"),
        title="Planning",
        description="one\r\n\r\nthree",
        start_time="2026-03-02T09:00",
        end_time="2026-03-02T10:00",
        tags="team\r\na b\r\n",
        metadata='{"seats": 8}',
    )
    assert browser.answer.status_code == 201
    made = Event.objects.get(title="Planning")
    assert made.start_time.isoformat() == "2026-03-02T08:00:00+00:00"
    assert (made.description, made.tags) == ("one\n\nthree", ["team", "a b"])
    assert (made.metadata, made.all_day, made.status) == ({"seats": 8}, False, "confirmed")


def test_a_refused_form_says_why_by_the_field_and_keeps_what_was_typed(browse, owner):
    browser = browse(owner).get("/api/events")
    typed = {"title": HOSTILE, "start_time": "soon", "end_time": "", "metadata": "{nonsense"}
    browser.send(browser.form("title", "start_time"), description="\r\na", **typed)
    assert browser.answer.status_code == 400
    assert HOSTILE not in browser.page
    sent = browser.form("title")["sent"]
    assert (sent["title"], sent["start_time"]) == (HOSTILE, "soon")
    assert (sent["metadata:json?"], sent["description:text?"]) == ("{nonsense", "\r\na")
    told = re.findall(r'id="1-(\w+)-told"><strong class="error">([^<]*)', browser.page)
    assert dict(told).keys() == {"start_time", "end_time", "metadata"}


def test_an_event_that_is_sent_as_it_stands_does_not_change(browse, owner):
    """Whatever is in it: browsers change the ends of lines, and pickers know no offsets."""
    event = EventFactory(
        by=owner,
        title="two\nlines",
        description="\n\r\n first\r\nsecond",
        timezone="Europe/Berlin",
        # The second time that the clocks show half past two, that night.
        start_time="2026-10-25T01:30:00Z",
        end_time="2026-10-25T01:30:00.000001Z",
        tags=["a\nb", "c"],
        metadata={"a": [1.5, None, "\r"]},
    )
    browser = browse(owner).get(f"/api/events/{event.pk}")
    for form in (browser.form("note?", "base_version:json?"), browser.form("_content")):
        browser.send(form, "PATCH")
        assert browser.answer.status_code == 200
        assert Event.objects.get(pk=event.pk).version == 1


def test_changes_of_others_are_merged_and_a_clash_is_ones_own_to_settle(browse, owner, event, url):
    browser = browse(owner).get(url)
    form = browser.form("title", "base_version:json?")
    edit(event.pk, by=owner, content={"location": "Room 9", "title": "Theirs"})
    browser.send(form, "PATCH", title="Mine")
    assert browser.answer.status_code == 409
    browser.send(browser.form("title"), "PATCH", "?resolve=mine")
    assert browser.answer.status_code == 200
    event = Event.objects.get(pk=event.pk)
    assert (event.title, event.location) == ("Mine", "Room 9")


def test_a_dry_run_writes_nothing_and_can_be_sent_for_real(browse, owner, url, event):
    browser = browse(owner).get(url)
    browser.send(browser.form("title"), "PATCH", "?dry_run=true", title="Rehearsed")
    assert "nothing was written" in browser.page
    assert Event.objects.get(pk=event.pk).version == 1
    browser.send(browser.form("title"), "PATCH")
    assert Event.objects.get(pk=event.pk).title == "Rehearsed"


def test_raw_json_is_taken_with_put_and_kept_if_it_is_none(browse, owner, url, event):
    browser = browse(owner).get(url)
    whole = browser.form("_content")
    browser.send(whole, "PUT", _content="{nonsense")
    assert browser.answer.status_code == 400
    assert "not valid JSON" in browser.page
    assert browser.form("_content")["sent"]["_content"] == "{nonsense"
    assert browser.send(whole, "PUT", _content="[1]").answer.status_code == 400
    assert browser.send(whole, "PUT", _content="").answer.status_code == 400
    assert browser.send(whole, "PUT").answer.status_code == 200
    assert Event.objects.get(pk=event.pk).version == 1


def test_a_refusal_of_the_body_comes_after_those_of_the_caller(
    browse, viewer, stranger, owner, url
):
    form = browse(owner).get(url).form("_content")
    for user, status in ((viewer, 403), (stranger, 404)):
        browser = browse(user).get("/api/events")
        form["sent"]["csrfmiddlewaretoken"] = browser.forms[0]["sent"]["csrfmiddlewaretoken"]
        assert browser.send(form, "PUT", _content="{").answer.status_code == status


def test_a_form_without_its_token_writes_nothing(browse, owner, url, event):
    browser = browse(owner).get(url)
    form = browser.form("title")
    form["sent"]["csrfmiddlewaretoken"] = ""
    for method in ("PATCH", "PUT", "DELETE", "POST"):
        assert browser.send(form, method, title="Forged").answer.status_code == 403
    assert Event.objects.get(pk=event.pk).version == 1


def test_a_form_can_mean_no_method_that_writes_unseen(browse, owner, url, event):
    browser = browse(owner).get(url)
    for method in ("GET", "OPTIONS", "TRACE", "nonsense", ""):
        assert browser.send(browser.get(url).form("title"), method).answer.status_code == 405


@pytest.mark.parametrize(
    ("role", "offered"),
    [("viewer", set()), ("editor", {"PATCH", "PUT"}), ("owner", {"PATCH", "PUT", "DELETE"})],
)
def test_only_what_the_role_allows_is_offered(browse, request, url, role, offered):
    page = browse(request.getfixturevalue(role)).get(url).page
    assert set(re.findall(r'name="_method" value="(\w+)"', page)) == offered


def test_a_form_is_there_only_with_a_session(api, owner, url):
    page = api(owner).get(url, headers=PAGE).content.decode()
    assert 'name="_method"' not in page
    assert "Signed in as" in page


@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
def test_versions_can_be_gone_back_to_from_their_list(browse, request, url, owner, event, role):
    edit(event.pk, by=owner, content={"title": "Later"})
    browser = browse(request.getfixturevalue(role)).get(f"{url}/history")
    assert f"{url}/diff/1/2" in browser.page
    actions = [form["action"] for form in browser.forms]
    assert (f"{url}/rollback/1" in actions) == (role != "viewer")
    assert (f"{url}/undo/1" in actions) == (role == "owner")
    if role != "viewer":
        browser.send(browser.form(action=f"{url}/rollback/1"), note="as it was")
        assert browser.answer.status_code == 200
        assert Event.objects.get(pk=event.pk).title == event.title


def test_access_is_given_changed_and_taken_by_forms(browse, owner, stranger, url, event):
    browser = browse(owner).get(f"{url}/permissions")
    browser.send(browser.form("user", action=f"{url}/share"), user="nobody", role="viewer")
    assert browser.answer.status_code == 400
    assert browser.form("user")["sent"]["user"] == "nobody"
    browser.send(browser.form("user"), user=stranger.email, role="viewer")
    assert browser.answer.status_code == 201
    here = f"{url}/permissions/{stranger.pk}"
    browser.get(f"{url}/permissions")
    browser.send(browser.form("role", action=here), "PUT", role="editor")
    assert browser.answer.status_code == 200
    browser.get(f"{url}/permissions")
    revoke = [form for form in browser.forms if form["action"] == here][-1]
    browser.send(revoke, "DELETE")
    assert browser.answer.status_code == 200  # 204 with a page around it
    assert not event.grants.filter(user=stranger).exists()


def test_an_event_goes_to_the_trash_and_back(browse, owner, url, event):
    browser = browse(owner).get(url)
    browser.send(browser.forms[-1], "DELETE")
    assert Event.objects.get(pk=event.pk).deleted_at
    browser.get("/api/events?deleted=true")
    browser.send(browser.form(action=f"{url}/restore"))
    assert not Event.objects.get(pk=event.pk).deleted_at


def test_a_batch_is_sent_as_json_from_the_page_of_its_address(browse, owner):
    browser = browse(owner).get("/api/events/batch")
    assert browser.answer.status_code == 405
    times = {"start_time": "2026-03-02T09:00", "end_time": "2026-03-02T10:00"}
    body = json.dumps({"events": [{"title": "A", **times}]})
    browser.send(browser.form("_content"), _content=body)
    assert browser.answer.status_code == 201


def test_nothing_that_is_shown_is_markup(browse, owner, editor, event, url):
    for content in ({"title": HOSTILE}, {"description": f"a\n{HOSTILE}", "tags": [HOSTILE]}):
        edit(event.pk, by=owner, content={**content, "metadata": {HOSTILE: [HOSTILE]}})
    pages = ["", "/history", "/history/3", "/changelog", "/diff/1/3", "/diff/3/2", "/blame"]
    for below in [*pages, f"?fields=title&as_of={HOSTILE}"]:
        page = browse(owner).get(url + below).page
        assert HOSTILE not in page
        assert "<script" not in page
    assert HOSTILE not in browse(owner).get(f"/api/events?search={HOSTILE}").page


def test_a_long_text_is_compared_line_by_line(browse, owner, event, url):
    for text in ("one\ntwo", "one\n<b>\nthree"):
        edit(event.pk, by=owner, content={"description": text})
    page = browse(owner).get(f"{url}/diff/2/3").page
    lines = re.findall(r'<(\w+) class="line"><span[^>]*>[^<]*</span>([^<]*)</', page)
    assert lines == [("span", "one"), ("del", "two"), ("ins", "&lt;b&gt;"), ("ins", "three")]


# The session and its user; each page then has what the API asks for, and nothing of its own.
@pytest.mark.parametrize(
    ("below", "own"),
    [("", 1), ("/history", 2), ("/changelog", 2), ("/diff/1/2", 1), ("/permissions", 2)],
)
@pytest.mark.parametrize("size", [2, 12])
def test_a_page_asks_the_database_for_no_more_than_its_json(browse, owner, below, own, size):
    event = shared(
        EventFactory(by=owner), {UserFactory(username=f"u{n}0"): "viewer" for n in range(size)}
    )
    for number in range(size):
        edit(event.pk, by=owner, content={"title": f"Title {number}"})
    browser = browse(owner)
    with queries(2 + own):
        browser.get(f"/api/events/{event.pk}{below}")
    with queries(2 + own):
        browser.client.get(f"/api/events/{event.pk}{below}", headers={"Accept": "*/*"})


@pytest.mark.parametrize("size", [1, 30])
def test_the_list_costs_the_same_and_names_nobody_else(browse, owner, stranger, size):
    for number in range(size):
        EventFactory(by=owner, title=f"Mine {number}")
        EventFactory(by=stranger, title="Hidden")
    browser = browse(owner)
    with queries(3):
        browser.get("/api/events?page_size=5")
    assert "Hidden" not in browser.page
    assert stranger.username not in browser.page
    assert ('rel="next"' in browser.page) == (size > 5)


def test_a_form_at_an_address_that_only_writes_costs_one_query_more(browse, owner, url):
    browser = browse(owner)
    with queries(3):
        browser.get(f"{url}/share")
    assert browser.form("user?")


def test_filters_are_shown_as_they_were_given(browse, owner):
    EventFactory(by=owner, title="Found", tags=["a", "b"])
    EventFactory(by=owner, title="Lost")
    given = "from=2020-01-01T00%3A00&to=&search=found&tag=a&tag=&ordering=-updated_at&page_size=50"
    browser = browse(owner).get(f"/api/events?{given}&role=owner&status=&deleted=&as_of=")
    assert browser.answer.status_code == 200
    assert "Found" in browser.text
    assert "Lost" not in browser.text
    sent = browser.form("search")["sent"]
    assert (sent["search"], sent["ordering"], sent["page_size"]) == ("found", "-updated_at", "50")
    assert sent["from"] == "2020-01-01T00:00"
    # What says nothing is left out of the line to copy.
    curl = browser.text.partition("curl ")[2].partition("\n")[0]
    assert "search=found" in curl
    assert "status=" not in curl


def test_a_filter_that_is_refused_says_why_beside_it(browse, owner):
    browser = browse(owner).get("/api/events?from=nonsense")
    assert browser.answer.status_code == 400
    assert re.search(r'told"><strong class="error">Give a time', browser.page)
    assert browser.form("search")["sent"]["from"] == "nonsense"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/events/nothing", "404 Not Found"),
        ("/api/events?colour=red", "There is no such parameter."),
        ("/api/events?page_size=0", "A page has 1 to 100 rows."),
    ],
)
def test_a_problem_is_a_page_to_read(browse, owner, path, told):
    assert told in browse(owner).get(path).text


@pytest.mark.parametrize("below", ["", "/history/1", "/diff/1/1", "/blame", "/permissions"])
def test_what_an_address_takes_is_a_page_too(browse, owner, url, below):
    answer = browse(owner).client.options(url + below, headers=PAGE)
    assert answer.status_code == 200
    assert "parses" in answer.content.decode()


@pytest.mark.parametrize("path", ["register", "refresh", "logout"])
def test_a_form_where_none_is_taken_is_refused_on_a_page(browse, owner, path):
    browser = browse(owner).get(f"/api/auth/{path}")
    assert browser.answer.status_code == 405
    form = {"action": f"/api/auth/{path}", "sent": {}}
    assert browser.send(form, "POST", title="a").answer.status_code == 415


def test_one_signs_in_and_out_where_one_was(client, owner, event):
    path = f"/api/events/{event.pk}/history?page_size=5"
    page = client.get(path, headers=PAGE)
    assert page.status_code == 401
    link = re.search(r'href="(/api-auth/login/\?next=[^"]*)"', page.content.decode())[1]
    assert link.endswith("%2Fhistory%3Fpage_size%3D5")
    browser = Browser(owner).get(path)
    out = browser.form(action="/api-auth/logout/")
    browser.client.post(out["action"], out["sent"])
    assert out["sent"]["next"] == path


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil"])
def test_signing_in_or_out_leads_nowhere_else(owner, elsewhere):
    client = Client()
    form = {"username": owner.username, "password": PASSWORD, "next": elsewhere}
    assert client.post("/api-auth/login/", form)["Location"] == "/api/"
    assert client.post("/api-auth/logout/", {"next": elsewhere})["Location"] == "/"


def test_a_page_is_kept_by_nobody_else_and_has_no_tag_of_its_own(browse, owner, url):
    answer = browse(owner).get(url).answer
    assert "private" in answer["Cache-Control"]
    assert "ETag" not in answer


def test_each_page_has_one_heading_a_way_past_the_top_and_labels(browse, owner, url):
    delete_event(EventFactory(by=owner).pk, by=owner)
    for path in ("/api/", "/api/events", "/api/events?deleted=true", url, f"{url}/changelog"):
        page = browse(owner).get(path).page
        assert page.count("<h1") == 1
        assert page.index('class="skip" href="#main"') < page.index('<main id="main"')
        labelled = set(re.findall(r'<label for="([^"]*)"', page))
        ids = re.findall(r'<(?:input|select|textarea)[^>]*? id="([^"]*)"', page)
        assert set(ids) == labelled
        assert len(set(re.findall(r' id="([^"]*)"', page))) == len(re.findall(r' id="', page))


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        ("2026-03-02T08:00:00Z", "Europe/Berlin", "2026-03-02T09:00"),
        ("2026-03-02T08:00:05Z", "UTC", "2026-03-02T08:00:05"),
        ("2026-03-02T08:00:00.5Z", "UTC", None),
        ("2026-10-25T01:30:00Z", "Europe/Berlin", None),
        ("0001-01-01T00:00:00Z", "America/New_York", None),
        ("2026-03-02T08:00:00Z", "Mars", None),
        ("nonsense", "UTC", None),
    ],
)
def test_clocks_show_an_instant_if_it_can_be_told_from_them(instant, zone, shown):
    assert wall_clock(instant, zone) == shown


@pytest.mark.parametrize(
    ("widget", "value"), [("line", "a\nb"), ("text", "a\rb"), ("lines", ["\n"])]
)
def test_what_browsers_would_change_is_shown_as_json(widget, value):
    assert exact(widget, "", value, "UTC")[:2] == ("json", "json")
