"""Plays the steps of a plan, one after the other, in the order of the edits."""

from collections.abc import Iterator

from .checking import Cast, check_past, name_of, problems
from .client import Account, Api, promised_form
from .comparing import Row, compare_event, unlike
from .plan import Create, Delete, Plan, Share, Step, Update, usernames_for
from .story import Story


def register_all(api: Api, editors: list[str], run: str) -> Iterator[tuple[str, Account]]:
    for number, (editor, username) in enumerate(usernames_for(editors, run).items(), start=1):
        account = Account(username)
        with promised_form():
            # Not made of the user name: not every user name is one before an @.
            api.register(account, f"replay-{run}-{number}@example.com")
        yield editor, account


class Player:
    """A write that is refused ends the run: what follows would stand on nothing."""

    def __init__(self, cast: Cast, plan: Plan) -> None:
        self.cast, self.plan = cast, plan

    def play(self, step: Step) -> list[str]:
        """Does one step, and says how its answer differs from what must come out."""
        with promised_form():
            match step:
                case Create():
                    return self._create(step)
                case Share():
                    return self._share(step)
                case Update():
                    return self._update(step)
                case Delete():
                    return self._delete(step)

    def _create(self, step: Create) -> list[str]:
        editor = self.cast.accounts[step.editor]
        stories = [self.plan.stories[number] for number in step.numbers]
        contents = [story.versions[0].content for story in stories]
        if len(contents) == 1:
            kind, path, body = "create", "/api/events", contents[0]
        else:
            kind, path, body = "batch", "/api/events/batch", {"events": contents}
        answer = self.cast.api.answer(editor, kind, "POST", path, json=body, expect=(201,))
        results = answer.json()["results"] if kind == "batch" else [answer.json()]
        found = []
        for story, event in zip(stories, results, strict=True):
            self.cast.events[story.number] = event["id"]
            self.cast.creates[story.number] = answer.headers["X-Change-Set"]
            found += self._compare("answer to the create", story, 1, event)
        return found

    def _share(self, step: Share) -> list[str]:
        story = self.plan.stories[step.number]
        username = self.cast.accounts[step.editor].username
        body = {"user": username, "role": "editor"}
        path, owner = self.cast.path(story.number, "share"), self.cast.accounts[story.owner]
        row = self.cast.api.call(owner, "share", "POST", path, json=body, expect=201)
        got = {"user": row["user"]["username"], "role": row["role"]}
        found = unlike("answer to the share", body, got)
        return [f"{name_of(self.cast, story)}: {difference}" for difference in found]

    def _update(self, step: Update) -> list[str]:
        story = self.plan.stories[step.number]
        path, editor = self.cast.path(story.number), self.cast.accounts[step.editor]
        event = self.cast.api.call(editor, "update", "PATCH", path, json=step.changes)
        return self._compare("answer to the update", story, step.version, event)

    def _delete(self, step: Delete) -> list[str]:
        story = self.plan.stories[step.number]
        # In the trash its history is out of reach, so it is checked now.
        found = problems(check_past, self.cast, story.before_delete())
        path, owner = self.cast.path(story.number), self.cast.accounts[story.owner]
        self.cast.api.call(owner, "delete", "DELETE", path, expect=204)
        return found

    def _compare(self, where: str, story: Story, version: int, event: Row) -> list[str]:
        content = story.versions[version - 1].content
        found = compare_event(where, content, version, event)
        return [f"{name_of(self.cast, story)}: {difference}" for difference in found]
