"""How the replay makes sense of what many clients at once were answered."""

import json
from collections import Counter
from contextlib import suppress

import httpx
import pytest

from bench.replaying.checking import Cast
from bench.replaying.client import Account, Api, UnexpectedAnswer
from bench.replaying.contention import Window, Wish
from bench.replaying.explaining import Asked, Explainer
from bench.replaying.mapping import content_of
from bench.replaying.plan import Edit, plan_of
from bench.replaying.racing import Race, used_twice
from bench.replaying.story import Story, Told
from bench.replaying.summary import Report, what_was_done

BASE = content_of({"name": "PyDays", "topic": "python", "startDate": "2024-05-13"})


def having(**fields):
    return BASE | fields


@pytest.fixture
def story():
    story = Story(1, "ada")
    story.add_version("created", "ada", BASE, Told("made-1"))
    story.add_share("bo", Told("shared"))
    return story


def accepted(version, content, change_set="made", merged_from=None, role="owner"):
    event = {**content, "version": version, "role": role, "merged_from": merged_from}
    headers = {"X-Change-Set": f"{change_set}-{version}"} if change_set else {}
    return httpx.Response(200, json=event, headers=headers)


def refused(version, *conflicts):
    rows = [dict(zip(("field", "base", "current", "yours"), row, strict=True)) for row in conflicts]
    body = {"code": "merge_conflict", "current_version": version, "conflicts": rows}
    return httpx.Response(409, json=body)


def title(name, answer):
    return Asked(Wish("ada", having(title=name)), 1, answer)


def place(name, answer):
    return Asked(Wish("bo", having(location=name)), 1, answer)


class TestExplaining:
    def test_the_order_is_that_of_the_versions_answered(self, story):
        explainer = Explainer()
        both = having(title="Py", location="Wien")
        asked = [
            title("Py", accepted(3, both, merged_from=1)),
            place("Wien", accepted(2, having(location="Wien"), role="editor")),
        ]

        assert list(explainer.explain(story, asked)) == []
        assert [(one.by, one.content) for one in story.versions[1:]] == [
            ("bo", having(location="Wien")),
            ("ada", both),
        ]
        assert story.versions[2].told == Told("made-3", 1)
        assert explainer.tally == Counter(written=2, merged=1)

    @pytest.mark.parametrize(
        "second",
        [
            accepted(3, having(location="Wien"), merged_from=1, role="editor"),
            accepted(3, having(title="Py", location="Wien"), role="editor"),
            accepted(3, having(title="Py", location="Wien"), merged_from=1),
            accepted(2, having(title="Py", location="Wien"), None, merged_from=1, role="editor"),
            refused(2, ("location", "", "", "Wien")),
        ],
        ids=["a lost update", "no merged_from", "a wrong role", "no version", "a needless 409"],
    )
    def test_a_wrong_answer_is_found(self, story, second):
        asked = [title("Py", accepted(2, having(title="Py"))), place("Wien", second)]

        assert list(Explainer().explain(story, asked)) != []

    @pytest.mark.parametrize("second", [4, 2, 1])
    def test_versions_with_a_gap_or_twice_end_the_run(self, story, second):
        asked = [
            title("Py", accepted(2, having(title="Py"))),
            place("Wien", accepted(second, having(), role="editor")),
        ]

        with pytest.raises(UnexpectedAnswer, match="acknowledged writes from version 2 on"):
            list(Explainer().explain(story, asked))

    def test_a_clash_is_explained_by_what_was_there(self, story):
        right = refused(2, ("title", "PyDays", "Py", "P"))
        asked = [title("P", right), title("Py", accepted(2, having(title="Py")))]

        assert list(Explainer().explain(story, asked)) == []

    def test_a_clash_with_something_else_is_found(self, story):
        wrong = refused(2, ("title", "PyDays", "PyDays", "P"))
        asked = [title("P", wrong), title("Py", accepted(2, having(title="Py")))]

        assert len(list(Explainer().explain(story, asked))) == 1

    def test_a_clash_that_nobody_was_told_of_is_found(self, story):
        asked = [
            title("Py", accepted(2, having(title="Py"))),
            title("P", accepted(3, having(title="P"), merged_from=1)),
        ]

        found = list(Explainer().explain(story, asked))

        assert any("should have been told" in difference.where for difference in found)

    def test_the_same_change_again_makes_no_version(self, story):
        explainer = Explainer()
        asked = [
            title("Py", accepted(2, having(title="Py"))),
            title("Py", accepted(2, having(title="Py"), None, merged_from=1)),
        ]

        assert list(explainer.explain(story, asked)) == []
        assert explainer.tally == Counter({"written": 1, "merged": 0, "changed nothing": 1})

    def test_a_change_set_belongs_to_one_write(self, story):
        story.add_version("updated", "bo", having(title="a"), Told("x"))
        assert list(used_twice([story])) == []

        story.add_version("updated", "bo", having(title="b"), Told("x"))
        assert len(list(used_twice([story]))) == 1


class Server:
    """One event. A write clashes where it touches any field that has changed since its base."""

    def __init__(self):
        self.versions = [BASE]

    def __call__(self, request):
        current = self.versions[-1]
        if request.method == "GET":
            return self.event({})
        body = json.loads(request.content)
        base = self.versions[body["base_version"] - 1]
        merged = {"merged_from": body["base_version"]} if base != current else {}
        del body["base_version"]
        clashes = [name for name in body if current[name] not in (base[name], body[name])]
        resolve = request.url.params.get("resolve")
        if clashes and resolve is None:
            rows = [(name, base[name], current[name], body[name]) for name in clashes]
            return refused(len(self.versions), *rows)
        if resolve == "theirs":
            body = {name: value for name, value in body.items() if name not in clashes}
        if current | body == current:
            return self.event(merged)
        self.versions.append(current | body)
        return self.event(merged, {"X-Change-Set": f"made-{len(self.versions)}"})

    def event(self, more, headers=None):
        event = {**self.versions[-1], "version": len(self.versions), "role": "owner", **more}
        return httpx.Response(200, json=event, headers={"ETag": '"a"', **(headers or {})})


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def race(server):
    account = Account("ada-1")
    account.take_tokens({"access": "a", "refresh": "r", "expires_in": 600})
    api = Api("http://server", print, transport=httpx.MockTransport(server))
    return Race(Cast(api, {"ada": account}, {1: "event-1"}))


def play(race, story, *contents):
    """One act after the other, so that it is known who comes first."""
    wishes = [Wish("ada", content) for content in contents]
    script = race.play(story, Window([], wishes, having(title="last", location="Wien")))
    answers = None
    with suppress(StopIteration):
        while True:
            answers = [act() for act in script.send(answers)]


class TestPlaying:
    def test_a_window_ends_with_what_the_file_says(self, race, server, story):
        play(race, story, having(title="first"), having(location="Wien"), having(title="last"))

        assert race.found == []
        assert server.versions[-1] == having(title="last", location="Wien")
        assert [one.content for one in story.versions] == server.versions
        assert race.tally["conflicts"] == race.tally["settled as mine"] == 1

    def test_the_earlier_edit_gives_way_to_a_later_one(self, race, server, story):
        play(race, story, having(title="last"), having(title="first"), having(location="Wien"))

        assert race.found == []
        assert race.tally["settled as theirs"] == 1
        assert race.tally["put right"] == 0

    def test_what_no_merge_comes_to_is_put_right(self, race, server, story):
        play(race, story, having(title="other"), having(location="Wien"))

        assert race.found == []
        assert server.versions[-1] == having(title="last", location="Wien")
        assert race.tally["put right"] == 1

    def test_a_server_that_forgets_a_write_is_found(self, race, server, story):
        server.event = lambda more, headers=None: httpx.Response(
            200,
            json={**BASE, "version": len(server.versions), "role": "owner", **more},
            headers=headers,
        )

        play(race, story, having(title="last"), having(location="Wien"))

        assert race.found


def test_the_summary_says_how_many_were_merged_and_settled():
    plan = plan_of([Edit(1, "ada", "create", 1, "python", {"name": "PyDays"})])
    tally = Counter({"written": 9, "merged": 5, "conflicts": 2, "settled as mine": 2})

    lines = what_was_done(Report(plan, clients=8, rushes=1, tally=tally))

    assert "updates      0, and 8 more in 1 rushes; 0 changed nothing" in lines
    assert "merged       5 of the 9 that made a version" in lines
    assert "conflicts    2, 2 settled as mine, 0 as theirs; 0 put right after" in lines
