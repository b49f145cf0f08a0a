"""Take the pictures of the docs: `.venv/bin/python -m browser.screenshots [FOLDER]`.

Needs what the browser tests need (requirements-browser.txt and Chromium).
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from browser import world as worlds
from browser.pages import sign_in_developer, sign_in_staff

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
WINDOW = {"width": 1280, "height": 900}


def take(page: Page, launch: str, folder: Path, admin_password: str) -> None:
    def shoot(path: str, name: str, top: str = "body") -> None:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.locator(top).first.evaluate("element => element.scrollIntoView()")
        page.screenshot(path=folder / f"{name}.png")
        print(folder / f"{name}.png")

    shoot("/", "landing")
    shoot("/docs", "swagger", top=".opblock-tag")
    sign_in_developer(page, "ada")
    shoot(f"/api/events/{launch}/diff/1/5", "browsable-api")
    page.context.clear_cookies()
    sign_in_staff(page, admin_password)
    shoot("/admin/", "admin-dashboard")
    shoot("/admin/events/event/", "admin-events")
    shoot(f"/admin/events/event/{launch}/history/", "admin-history")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with worlds.world() as world, sync_playwright() as playwright:
        launch = world.fill()
        browser = playwright.chromium.launch(executable_path=worlds.CHROMIUM, args=worlds.ARGUMENTS)
        page = browser.new_context(base_url=world.url, viewport=WINDOW).new_page()
        take(page, launch["id"], folder, world.admin_password)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
