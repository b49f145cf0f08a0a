"""What axe-core finds on a page. AXE names its file (npm install axe-core: axe.min.js)."""

import os
from pathlib import Path

import pytest

AXE = os.environ.get("AXE")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not AXE, reason="AXE names no axe.min.js"),
]
GRAVE = {"serious", "critical"}


def violations(page) -> list[str]:
    """Each rule that is broken, with the elements that break it."""
    # By the debugger, which no Content-Security-Policy holds off.
    page.evaluate(Path(AXE).read_text())
    found = page.evaluate("axe.run()")["violations"]
    return [
        f"{one['id']}: {[node['html'] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("path", ["/", "/api-auth/login/", "/admin/login/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_pages_are_accessible(page, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    assert violations(page) == []


STAFF_PAGES = {
    "dashboard": "/admin/",
    "events": "/admin/events/event/",
    "users": "/admin/accounts/user/",
    "event": "/admin/events/event/{launch}/change/",
    "history": "/admin/events/event/{launch}/history/",
}


@pytest.mark.parametrize("name", STAFF_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_staff_pages_are_accessible(world, staff, name, scheme):
    staff.emulate_media(color_scheme=scheme)
    staff.goto(STAFF_PAGES[name].format(launch=world.launch["id"]))
    assert violations(staff) == []


API_PAGES = [
    "",
    "events",
    "events/{launch}",
    "events/{launch}/changelog",
    "events/{launch}/diff/1/5",
]


@pytest.mark.parametrize("path", API_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_browsable_api_are_accessible(world, developer, path, scheme):
    developer.emulate_media(color_scheme=scheme)
    developer.goto("/api/" + path.format(launch=world.launch["id"]))
    assert violations(developer) == []
