"""Steps that more than one look at the pages begins with."""

from playwright.sync_api import Page

from browser.world import PASSWORD


def sign_in_staff(page: Page, password: str) -> None:
    """As the superuser whom the first start makes."""
    _sign_in(page, "/admin/login/?next=/admin/", "admin", password)
    page.wait_for_url("**/admin/")


def sign_in_developer(page: Page, person: str) -> None:
    _sign_in(page, "/api-auth/login/?next=/api/", person, PASSWORD)
    page.wait_for_url("**/api/")


def _sign_in(page: Page, path: str, name: str, password: str) -> None:
    page.goto(path)
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("form:has([name=password]) [type=submit]").click()
