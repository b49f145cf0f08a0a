"""Which edits are made at the same time, and how a crowd of threads makes them."""

import threading
import time

import pytest

from bench.replaying.contention import RUSHES, lives_of, rush_of
from bench.replaying.crowd import Crowd
from bench.replaying.plan import Edit, plan_of


def edit(op, number=1, editor="ada", **fields):
    if op == "create":
        fields = {"name": "PyDays", "startDate": "2024-05-13", **fields}
    return Edit(1, editor, op, number, "python", fields)


class TestLives:
    def test_the_updates_of_a_conference_start_from_one_version(self):
        [life] = lives_of(
            [
                edit("create", city="Wien"),
                edit("update", editor="bo", name="Py"),
                edit("create", 2),
                edit("update", editor="cy", city="Graz"),
            ],
            clients=8,
        )

        [window] = life.windows
        wishes = [(one.editor, one.yours["title"], one.yours["location"]) for one in window.wishes]
        assert wishes == [("bo", "Py", "Wien"), ("cy", "PyDays", "Graz")]
        assert (window.after["title"], window.after["location"]) == ("Py", "Graz")

    def test_a_window_has_no_more_wishes_than_there_are_clients(self):
        edits = [edit("create"), *[edit("update", name=f"Py {number}") for number in range(5)]]

        [life] = lives_of(edits, clients=2)

        assert [len(window.wishes) for window in life.windows] == [2, 2, 1]
        assert [window.after["title"] for window in life.windows] == ["Py 1", "Py 3", "Py 4"]
        assert life.windows[1].wishes[1].yours["title"] == "Py 3"

    def test_everybody_is_given_access_once_before_the_first_write(self):
        [life] = lives_of(
            [
                edit("create"),
                edit("update", editor="bo", name="a"),
                edit("update", editor="ada", name="b"),
                edit("update", editor="cy", name="c"),
                edit("update", editor="bo", name="d"),
                edit("delete", editor="di"),
            ],
            clients=2,
        )

        assert [window.newcomers for window in life.windows] == [["bo"], ["cy"]]
        assert life.asked == "di"
        assert life.meet(["di"]) == ["di"]
        assert life.meet(["di"]) == []

    def test_a_conference_that_is_only_created_has_no_life(self):
        assert lives_of([edit("create")], clients=8) == []


class TestRush:
    @pytest.fixture
    def story(self):
        edits = [edit("create", name="x" * 200)]
        edits += [edit("update", editor="bo", city=f"Wien {number}") for number in range(4)]
        return plan_of(edits).stories[1]

    def test_everybody_writes_from_an_old_version(self, story):
        window = rush_of(story, clients=8)

        assert window.behind == 2
        assert [wish.editor for wish in window.wishes] == ["ada", "bo"] * 4
        assert {wish.yours["location"] for wish in window.wishes} == {"Wien 1"}

    def test_signatures_go_together_and_titles_clash(self, story):
        wishes = rush_of(story, clients=8).wishes

        assert len({wish.yours["tags"][-1] for wish in wishes}) == 8
        titles = {wish.yours["title"] for wish in wishes[1::2]}
        assert len(titles) == 4
        assert {len(title) for title in titles} == {200}

    def test_a_story_of_one_version_starts_from_it(self):
        story = plan_of([edit("create")]).stories[1]

        assert rush_of(story, clients=2).behind == 0
        assert RUSHES > 0


class TestCrowd:
    def test_the_acts_of_a_scene_happen_at_the_same_time(self):
        meeting = threading.Barrier(3)

        def script(given):
            given += yield [lambda: meeting.wait(5) >= 0] * 3
            given += yield [lambda: "alone"]

        given = [[] for _ in range(20)]
        crowd = Crowd(3)
        ended = list(crowd.perform(script(one) for one in given))
        crowd.close()

        assert len(ended) == 20
        assert given == [[True, True, True, "alone"]] * 20

    def test_results_come_in_the_order_of_the_acts(self):
        def script():
            results.extend((yield [slow, lambda: 2]))

        def slow():
            time.sleep(0.02)
            return 1

        results = []
        crowd = Crowd(2)
        list(crowd.perform([script()]))
        crowd.close()

        assert results == [1, 2]

    def test_scripts_without_any_act_end_at_once(self):
        def script():
            yield from ()

        crowd = Crowd(2)
        assert len(list(crowd.perform(script() for _ in range(5000)))) == 5000
        crowd.close()

    def test_what_an_act_raises_ends_it_and_nobody_is_left_waiting(self):
        def script():
            yield [fail, lambda: time.sleep(0.01)]

        def fail():
            raise LookupError("gone")

        crowd = Crowd(2)
        with pytest.raises(LookupError, match="gone"):
            list(crowd.perform(script() for _ in range(9)))
        crowd.close()

        assert crowd.pool._shutdown
