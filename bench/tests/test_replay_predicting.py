"""What the replay expects of a merge, by the rules of the contract."""

import pytest

from bench.replaying.mapping import content_of
from bench.replaying.predicting import changes_between, predict

BASE = content_of(
    {
        "name": "PyDays",
        "topic": "python",
        "startDate": "2024-05-13",
        "endDate": "2024-05-15",
        "city": "Wien",
        "url": "https://a.example.org",
        "cfpUrl": "https://b.example.org",
        "cocUrl": "https://c.example.org",
    }
)
FIRST, SECOND, THIRD = BASE["description"].split("\n")


def fields_of(prediction):
    return [row["field"] for row in prediction.clashes]


def having(**fields):
    return BASE | fields


def text(*lines):
    return having(description="\n".join(lines))


class TestFields:
    def test_what_only_one_side_changed_is_taken_from_that_side(self):
        got = predict(BASE, having(title="Py"), having(location="Graz"))

        assert got.content == having(title="Py", location="Graz")
        assert got.clashes == []

    def test_the_same_change_on_both_sides_is_no_clash(self):
        assert predict(BASE, having(title="Py"), having(title="Py")).clashes == []

    @pytest.mark.parametrize(
        ("resolve", "title"), [(None, "theirs"), ("theirs", "theirs"), ("mine", "mine")]
    )
    def test_different_changes_clash_and_are_settled_as_asked(self, resolve, title):
        got = predict(BASE, having(title="theirs"), having(title="mine", location="Graz"), resolve)

        assert got.clashes == [
            {"field": "title", "base": "PyDays", "current": "theirs", "yours": "mine"}
        ]
        assert got.content == having(title=title, location="Graz")

    def test_start_and_end_are_one_choice_and_each_that_differs_is_a_row(self):
        theirs = having(start_time="2024-05-12T00:00:00Z")
        mine = having(end_time="2024-05-17T00:00:00Z")

        got = predict(BASE, theirs, mine, "mine")

        assert fields_of(got) == ["end_time", "start_time"]
        assert got.content == mine

    def test_tags_are_a_set_in_the_order_of_theirs(self):
        got = predict(BASE, having(tags=["b", "python"]), having(tags=["a", "b"]))

        assert got.content["tags"] == ["b", "a"]
        assert got.clashes == []

    def test_metadata_goes_key_by_key(self):
        base = having(metadata={"kept": 1, "dropped": 1, "changed": 1})
        theirs = having(metadata={"kept": 1, "changed": 1, "theirs": None})
        mine = having(metadata={"kept": 1, "dropped": 1, "changed": 2})

        got = predict(base, theirs, mine)

        assert got.content["metadata"] == {"kept": 1, "changed": 2, "theirs": None}
        assert got.clashes == []

    def test_true_and_one_clash_in_metadata(self):
        versions = [having(metadata={"a": value}) for value in (0, True, 1)]

        assert fields_of(predict(*versions)) == ["metadata"]


class TestDescription:
    def test_lines_apart_go_together(self):
        got = predict(BASE, text("x", SECOND, THIRD), text(FIRST, SECOND, "y", "z"))

        assert got.content == text("x", SECOND, "y", "z")
        assert got.clashes == []

    def test_neighbouring_lines_clash_and_are_chosen_together(self):
        theirs, mine = text("x", SECOND, THIRD), text(FIRST, "y", THIRD)

        assert fields_of(predict(BASE, theirs, mine)) == ["description"]
        assert predict(BASE, theirs, mine, "mine").content == mine
        assert predict(BASE, theirs, mine, "theirs").content == theirs

    def test_what_does_not_clash_is_kept_whoever_wins(self):
        theirs, mine = text("x", SECOND, THIRD), text("y", SECOND, "z")

        assert predict(BASE, theirs, mine, "theirs").content == text("x", SECOND, "z")

    def test_a_line_that_both_dropped_is_no_clash(self):
        assert predict(BASE, text(FIRST, THIRD), text(FIRST, THIRD)).clashes == []

    def test_two_different_additions_in_one_place_clash(self):
        theirs, mine = (text(FIRST, SECOND, THIRD, line) for line in "xy")

        assert fields_of(predict(BASE, theirs, mine)) == ["description"]


def test_only_what_differs_is_sent():
    assert changes_between(BASE, having(title="Py", metadata=dict(BASE["metadata"]))) == {
        "title": "Py"
    }
