"""The admin in a browser that runs no scripts."""

import pytest

from browser.conftest import window
from browser.world import told

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def plain(world, chromium, cookies):
    options = {"storage_state": cookies["staff"], "java_script_enabled": False}
    with window(world, chromium, **options) as page:
        yield page


def test_an_event_is_found_and_edited(world, plain):
    event = world.event("ada", title="Unscripted")
    plain.goto("/admin/events/event/?q=Unscripted")
    plain.get_by_role("link", name="Unscripted").first.click()
    plain.locator("[name=title]").fill("Still unscripted")
    plain.locator("[name=_save]").click()
    assert told(world.api("ada").get(f"/events/{event['id']}"))["title"] == "Still unscripted"


def test_events_are_cancelled_together(world, plain):
    event = world.event("ada", title="Cancelled")
    plain.goto("/admin/events/event/?q=Cancelled")
    plain.locator("input.action-select").first.check()
    plain.locator("select[name=action]").select_option("cancel")
    plain.locator("button[name=index]").click()
    plain.get_by_role("button", name="Cancel the events").click()
    assert told(world.api("ada").get(f"/events/{event['id']}"))["status"] == "cancelled"
