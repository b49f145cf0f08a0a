"""A client developer's way through the browsable API."""

import re

import pytest

from browser.world import told

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_leads_to_the_login_and_back(world, page):
    world.api("ada")
    page.goto("/api/events")
    page.get_by_role("link", name=re.compile("sign in", re.IGNORECASE)).first.click()
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill("correct horse battery staple")
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_url("**/api/events")
    assert page.get_by_text("Launch").count()


def test_an_event_is_created_shared_changed_and_its_diff_is_read(world, developer):
    world.api("grace")
    developer.goto("/api/events")
    developer.locator("summary", has_text="Create an event").click()
    form = developer.locator("form:has([name=title])")
    form.locator("[name=title]").fill("Tea")
    form.locator("[name=start_time]").fill("2027-04-01T15:00")
    form.locator("[name=end_time]").fill("2027-04-01T16:00")
    form.locator("[type=submit]").first.click()
    developer.get_by_text("201 Created").first.wait_for()
    [event] = filter(is_tea, told(world.api("ada").get("/events"))["results"])

    developer.goto(f"/api/events/{event['id']}")
    developer.get_by_role("link", name="Permissions").click()
    developer.locator("details:has([name=user]) > summary").click()
    share = developer.locator("form:has([name=user])")
    share.locator("[name=user]").fill("grace")
    share.locator("[name=role]").select_option("editor")
    share.locator("[type=submit]").first.click()
    developer.get_by_text("201 Created").first.wait_for()

    told(world.api("grace").patch(f"/events/{event['id']}", json={"location": "Garden"}))
    developer.goto(f"/api/events/{event['id']}/diff/1/2")
    assert developer.locator("ins", has_text="Garden").count()


def is_tea(event: dict) -> bool:
    return event["title"] == "Tea"
