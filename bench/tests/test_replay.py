"""What the replay expects of a server: mapping, plan and comparison, without any server."""

import json
from pathlib import Path

import pytest

from bench.replaying.command import main
from bench.replaying.comparing import (
    compare_access,
    compare_changelog,
    compare_history,
    unlike,
)
from bench.replaying.mapping import content_of, said_by
from bench.replaying.plan import (
    BATCH_LIMIT,
    BadData,
    Create,
    Delete,
    Edit,
    Share,
    Update,
    plan_of,
    read_edits,
    usernames_for,
)
from bench.replaying.story import Story, Told

SAMPLE = Path(__file__).parents[1] / "sample" / "edits.jsonl"


def conference(**fields):
    return {"name": "PyDays", "topic": "python", "startDate": "2024-05-13", **fields}


def edit(op, number=1, editor="ada", topic="python", line=1, **fields):
    if op == "create":
        fields = {"name": "PyDays", "startDate": "2024-05-13", "endDate": "2024-05-13", **fields}
    return Edit(line, editor, op, number, topic, fields)


class TestMapping:
    def test_a_conference_becomes_an_all_day_event(self):
        content = content_of(
            conference(
                endDate="2024-05-15",
                city="Kraków",
                country="Poland",
                url="https://pydays.example.org",
                cfpEndDate="2024-02-01",
            )
        )

        assert content == {
            "title": "PyDays",
            "description": "https://pydays.example.org\nCall for papers until: 2024-02-01",
            "location": "Kraków, Poland",
            "start_time": "2024-05-13T00:00:00Z",
            "end_time": "2024-05-16T00:00:00Z",
            "timezone": "UTC",
            "all_day": True,
            "status": "confirmed",
            "transparency": "opaque",
            "tags": ["python"],
            "metadata": {
                "city": "Kraków",
                "country": "Poland",
                "url": "https://pydays.example.org",
                "cfpEndDate": "2024-02-01",
            },
            "recurrence": None,
            "exceptions": {},
        }

    @pytest.mark.parametrize(
        ("start", "end", "first", "after_last"),
        [
            ("2024-02-28", "2024-02-29", "2024-02-28", "2024-03-01"),
            ("2024-05-13", None, "2024-05-13", "2024-05-14"),
            ("2024-05-13", "2024-05-10", "2024-05-13", "2024-05-14"),
            ("2024-05-13", "2024-20-30", "2024-05-13", "2024-05-14"),
            ("2024-03\N{EN DASH}05", "2024-03-09", "2024-03-05", "2024-03-10"),
            ("2024-06", "2024-06", "2024-06-01", "2024-06-02"),
            ("2024-5-3", "2024-5-4", "2024-05-03", "2024-05-05"),
            ("TBA", "2024-05-10", "2024-05-10", "2024-05-11"),
            (None, None, "1970-01-01", "1970-01-02"),
            ("0000-00-00", "9999-12-31", "1970-01-01", "1970-01-02"),
        ],
    )
    def test_broken_dates_become_a_valid_interval_and_are_kept(self, start, end, first, after_last):
        content = content_of(conference(startDate=start, endDate=end))

        assert content["start_time"] == f"{first}T00:00:00Z"
        assert content["end_time"] == f"{after_last}T00:00:00Z"
        kept = {**said_by(content), **content["metadata"]}
        assert (kept["startDate"], kept["endDate"]) == (start, end)

    @pytest.mark.parametrize(
        ("fields", "location"),
        [
            ({"city": "Wien ", "country": " Austria"}, "Wien, Austria"),
            ({"city": "Wien"}, "Wien"),
            ({"online": True}, "Online"),
            ({"online": True, "city": "Wien", "country": "Austria"}, "Wien, Austria"),
            ({"online": False}, ""),
            ({}, ""),
        ],
    )
    def test_location(self, fields, location):
        assert content_of(conference(**fields))["location"] == location

    @pytest.mark.parametrize("name", ["PyDays ", "x" * 201, "", "  ", None, "x" * 199 + " y"])
    def test_a_name_that_is_no_title_is_fitted_and_kept(self, name):
        content = content_of(conference(name=name))

        assert 1 <= len(content["title"]) <= 200
        assert content["title"] == content["title"].strip()
        assert content["metadata"]["name"] == name

    def test_every_conference_of_the_sample_can_be_read_back(self):
        plan = plan_of(read_edits(SAMPLE.open(encoding="utf-8")))

        for number, story in plan.stories.items():
            kept = {**said_by(story.content), **story.content["metadata"]}
            kept = {name: value for name, value in kept.items() if value is not None}
            assert kept == plan.conferences[number]


class TestPlan:
    def test_consecutive_creates_of_one_editor_are_one_batch(self):
        plan = plan_of(
            [edit("create", 1), edit("create", 2), edit("create", 3, "bo"), edit("create", 4)]
        )

        assert plan.steps == [Create("ada", [1, 2]), Create("bo", [3]), Create("ada", [4])]

    def test_a_batch_ends_at_the_limit_of_the_server(self):
        plan = plan_of(edit("create", number) for number in range(BATCH_LIMIT + 1))

        assert [len(step.numbers) for step in plan.steps] == [BATCH_LIMIT, 1]

    def test_another_editor_has_it_shared_once_by_the_owner(self):
        plan = plan_of(
            [
                edit("create"),
                edit("update", editor="bo", name="PyDay"),
                edit("update", name="Py"),
                edit("update", editor="bo", name="P"),
            ]
        )

        assert plan.steps == [
            Create("ada", [1]),
            Share(1, "bo"),
            Update(1, "bo", {"title": "PyDay"}, 2),
            Update(1, "ada", {"title": "Py"}, 3),
            Update(1, "bo", {"title": "P"}, 4),
        ]
        log = [(row.action, row.by, row.version, row.shared_with) for row in plan.stories[1].log]
        assert log[:3] == [
            ("created", "ada", 1, None),
            ("shared", "ada", None, "bo"),
            ("updated", "bo", 2, None),
        ]

    def test_an_update_that_changes_nothing_is_sent_and_makes_no_version(self):
        plan = plan_of([edit("create"), edit("update", name="PyDays")])

        assert plan.steps[1] == Update(1, "ada", plan.stories[1].content, 1)
        assert len(plan.stories[1].versions) == 1

    def test_null_drops_a_field(self):
        plan = plan_of([edit("create", city="Wien"), edit("update", city=None)])

        first, second = plan.stories[1].versions
        assert (first.content["location"], second.content["location"]) == ("Wien", "")
        assert second.content["metadata"] == {}

    def test_the_owner_deletes_whoever_asked_for_it(self):
        plan = plan_of([edit("create"), edit("delete", editor="bo")])

        story = plan.stories[1]
        assert plan.steps[1:] == [Share(1, "bo"), Delete(1)]
        assert [(version.action, version.by) for version in story.versions] == [
            ("created", "ada"),
            ("deleted", "ada"),
        ]
        assert [row.action for row in story.before_delete().log] == ["created", "shared"]

    @pytest.mark.parametrize(
        "edits",
        [
            [edit("update", line=2)],
            [edit("create"), edit("create", line=2)],
            [edit("create"), edit("delete"), edit("update", line=2)],
            [edit("create"), edit("delete"), edit("delete", line=2)],
        ],
        ids=["update of nothing", "second create", "update after delete", "second delete"],
    )
    def test_a_file_that_contradicts_itself_is_refused(self, edits):
        with pytest.raises(BadData, match="line 2"):
            plan_of(edits)


class TestReading:
    def test_limit_counts_edits(self):
        assert len(read_edits(SAMPLE.open(encoding="utf-8"), 5)) == 5

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[]",
            "7",
            "{}",
            json.dumps({"editor": "a", "op": "x", "conference": 1, "topic": "", "fields": {}}),
            json.dumps({"editor": 1, "op": "create", "conference": 1, "topic": "", "fields": {}}),
            json.dumps({"editor": "a", "op": "create", "conference": 1, "topic": "", "fields": 0}),
        ],
    )
    def test_a_line_that_is_no_edit_is_named(self, line):
        with pytest.raises(BadData, match="line 2"):
            read_edits(["\n", line])

    def test_an_empty_file_is_refused(self):
        with pytest.raises(BadData, match="no edit"):
            read_edits([])


class TestUsernames:
    def test_they_are_allowed_different_and_of_this_run(self):
        editors = ["zoë", "ZOE", "Björn Å.", "j", "李", "王", "x" * 40, "x" * 41]

        names = usernames_for(editors, "a1b2c3")

        assert names["zoë"] == "zoe-a1b2c3"
        assert len({name.casefold() for name in names.values()}) == len(editors)
        for name in names.values():
            assert 3 <= len(name) <= 30
            assert name.isascii()
            assert name.replace("-", "").replace(".", "").replace("_", "").isalnum()


@pytest.fixture
def story():
    return plan_of(
        [edit("create"), edit("update", editor="bo", name="PyDay"), edit("update", name="Py")]
    ).stories[1]


USERNAMES = {"ada": "ada-1", "bo": "bo-1"}


def row(second, action, version, by, changes):
    return {
        "action": action,
        "version": version,
        "by": {"id": "-", "username": by},
        "at": f"2024-01-01T00:00:0{second}Z",
        "note": "",
        "source_version": None,
        "changes": changes,
    }


@pytest.fixture
def changelog(story):
    """As a correct server gives it: newest first."""
    content = story.versions[0].content
    created = [
        {"field": name, "from": None, "to": content[name]}
        for name in ("title", "start_time", "end_time", "all_day", "tags")
    ]
    user = {"id": "-", "username": "bo-1"}
    return [
        row(4, "updated", 3, "ada-1", [{"field": "title", "from": "PyDay", "to": "Py"}]),
        row(3, "updated", 2, "bo-1", [{"field": "title", "from": "PyDays", "to": "PyDay"}]),
        row(
            2,
            "shared",
            None,
            "ada-1",
            [{"field": "role", "user": user, "from": None, "to": "editor"}],
        ),
        row(1, "created", 1, "ada-1", created),
    ]


class TestComparing:
    def test_a_correct_changelog_has_no_difference(self, story, changelog):
        assert compare_changelog(story, changelog, USERNAMES) == []

    @pytest.mark.parametrize(
        ("where", "spoil"),
        [
            ("title, from", lambda log: log[0]["changes"][0].update({"from": "x"})),
            ("up to version 3, title", lambda log: log[0]["changes"][0].update(to="x")),
            ("up to version 1, tags", lambda log: log[3]["changes"].pop()),
            ("share with bo-1", lambda log: log[2]["changes"][0].update(to="viewer")),
            ("changelog", lambda log: log.pop(2)),
            ("changelog", lambda log: log[1]["by"].update(username="ada-1")),
            ("changelog, at", lambda log: log[0].update(at=log[1]["at"])),
        ],
    )
    def test_a_wrong_changelog_is_found(self, story, changelog, where, spoil):
        spoil(changelog)

        found = compare_changelog(story, changelog, USERNAMES)

        assert any(difference.where.endswith(where) for difference in found)

    def test_history_is_the_versions_newest_first(self, story, changelog):
        rows = [row for row in changelog if row["version"]]

        assert compare_history(story, rows, USERNAMES) == []
        assert compare_history(story, rows[1:], USERNAMES) != []
        assert compare_history(story, rows[::-1], USERNAMES) != []

    def test_rows_belong_to_the_writes_that_were_answered(self, story, changelog):
        told = Story(story.number, story.owner)
        for number, version in enumerate(story.versions, start=1):
            told.add_version(version.action, version.by, version.content, Told(f"set-{number}", 1))
        rows = [row for row in changelog if row["version"]]
        for row in rows:
            row.update(change_set=f"set-{row['version']}", merged_from=1)
        assert compare_history(told, rows, USERNAMES) == []

        rows[0]["merged_from"] = None
        rows[1]["change_set"] = "set-3"

        assert len(compare_history(told, rows, USERNAMES)) == 2

    def test_access_is_the_owner_first_and_those_it_was_shared_with(self, story):
        ada, bo = (
            {"user": {"username": name}, "role": role}
            for name, role in (("ada-1", "owner"), ("bo-1", "editor"))
        )

        assert compare_access(story, [ada, bo], USERNAMES) == []
        assert compare_access(story, [bo, ada], USERNAMES) != []
        assert compare_access(story, [ada, bo | {"role": "viewer"}], USERNAMES) != []
        assert compare_access(story, [ada], USERNAMES) != []

    def test_true_is_not_one(self):
        assert unlike("all_day", True, 1) != []
        assert unlike("metadata", {"a": 1, "b": 2}, {"b": 2, "a": 1}) == []


class TestCommand:
    def test_a_server_out_of_reach_is_said_in_one_line(self, capsys):
        status = main(["--url", "http://127.0.0.1:9", "--data", str(SAMPLE)])

        assert status == 2
        assert "cannot be reached" in capsys.readouterr().err

    def test_a_missing_file_is_said_in_one_line(self, capsys, tmp_path):
        status = main(["--url", "http://127.0.0.1:9", "--data", str(tmp_path / "none")])

        assert status == 2
        assert "No such file" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--url", "ftp://host"],
            ["--url", "host"],
            ["--limit", "0"],
            ["--workers", "x"],
            ["--clients", "0"],
        ],
    )
    def test_wrong_usage_exits_with_2(self, wrong):
        with pytest.raises(SystemExit) as stopped:
            main(["--url", "http://127.0.0.1:9", "--data", str(SAMPLE), *wrong])

        assert stopped.value.code == 2
