"""The staff's way through the admin."""

import re

import pytest

from browser.world import told

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVENTS = "/admin/events/event/"


def versions(world, event: dict) -> list[tuple]:
    rows = told(world.api("ada").get(f"/events/{event['id']}/history"))["results"]
    return [(row["version"], row["action"], row["by"]["username"]) for row in rows]


def test_an_event_is_edited_compared_and_rolled_back(world, staff):
    event = world.event("ada", title="Standup", description="Who is here?\nWhat is new?")
    staff.goto(f"{EVENTS}{event['id']}/change/")
    staff.locator("[name=title]").fill("Daily standup")
    staff.locator("[name=description]").fill("Who is here today?\nWhat is new?")
    staff.locator("[name=note]").fill("As it is called.")
    staff.locator("[name=_save]").click()
    staff.wait_for_url(re.compile(r"/admin/events/event/(\?.*)?$"))
    assert versions(world, event)[0] == (2, "updated", "admin")

    staff.goto(f"{EVENTS}{event['id']}/history/")
    assert staff.get_by_text("As it is called.").is_visible()
    staff.get_by_role("button", name="Compare").click()
    assert "today" in staff.locator("ins").all_inner_texts()[-1]
    assert staff.get_by_text("Daily standup").count()
    staff.go_back()
    staff.get_by_role("link", name=re.compile(r"Roll back to this version\W+1$")).click()
    staff.get_by_role("button", name="Roll back").click()
    staff.get_by_text("Rolled back, version 3").wait_for()
    assert versions(world, event)[0] == (3, "rolled_back", "admin")
    assert told(world.api("ada").get(f"/events/{event['id']}"))["title"] == "Standup"


def test_events_are_transferred_together(world, staff):
    for number in range(3):
        world.event("tim", title=f"Talk {number}")
    staff.goto(f"{EVENTS}?owner={world.id_of('tim')}")
    for box in staff.locator("input.action-select").all():
        box.check()
    staff.locator("select[name=action]").select_option("transfer")
    staff.locator("button[name=index]").click()
    assert staff.locator("main li, #content-main li").count() >= 3
    staff.locator("[name=to]").fill("ada")
    staff.get_by_role("button", name="Transfer").click()
    staff.get_by_text(re.compile("3")).first.wait_for()
    owned = told(world.api("ada").get("/events", params={"role": "owner", "search": "Talk"}))
    assert len(owned["results"]) == 3
    left = told(world.api("tim").get("/events"))["results"]
    assert {event["role"] for event in left} == {"editor"}


def test_a_deleted_person_leaves_their_events_to_somebody(world, staff):
    event = world.event("alan", title="Machines")
    staff.goto(f"/admin/accounts/user/{world.id_of('alan')}/delete/")
    staff.locator("[name=heir]").fill("ada")
    staff.get_by_role("button", name="Continue").click()
    assert staff.get_by_text("will be owned by ada").count()
    staff.get_by_role("button", name="Delete").click()
    staff.wait_for_url(re.compile(r"/admin/accounts/user/(\?.*)?$"))
    assert told(world.api("ada").get(f"/events/{event['id']}"))["role"] == "owner"
    assert world.api("alan").get("/auth/me").status_code == 401


def test_a_session_is_ended(world, staff):
    person = world.id_of("kate")
    staff.goto(f"/admin/accounts/session/?user__id__exact={person}")
    staff.locator("input.action-select").first.check()
    staff.locator("select[name=action]").select_option("end")
    staff.locator("button[name=index]").click()
    staff.get_by_role("button", name=re.compile("^End")).click()
    staff.wait_for_url(re.compile(r"/admin/accounts/session/(\?.*)?$"))
    assert world.api("kate").get("/auth/me").status_code == 401
