"""Browser tests are left out, with one line that says so, where there is no browser."""

import os
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from browser import world as worlds

MISSING = [
    hint
    for there, hint in [
        (find_spec("playwright"), "pip install -r requirements-browser.txt"),
        (worlds.CHROMIUM, "apt-get install chromium"),
    ]
    if not there
]
collect_ignore_glob = ["test_*.py"] if MISSING else []


def pytest_report_header():
    return f"browser tests are left out: {', '.join(MISSING)}" if MISSING else None


@pytest.fixture(scope="session")
def world():
    with worlds.world() as world:
        world.launch = world.fill()
        yield world


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    # Its loop runs in this thread until the end, and other tests in the process ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=worlds.CHROMIUM, args=worlds.ARGUMENTS)
        yield browser
        browser.close()


def is_complaint(said) -> bool:
    """An error, if it is not that a page is not for everybody."""
    return said.type == "error" and "status of 401" not in said.text


@contextmanager
def window(world, chromium, **options):
    """What a page complains of on its console is an error."""
    size = {"width": 1280, "height": 900}
    context = chromium.new_context(base_url=world.url, viewport=size, **options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: is_complaint(said) and complaints.append(said.text))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def page(world, chromium):
    """A browser that knows nobody yet."""
    with window(world, chromium) as page:
        yield page


@pytest.fixture(scope="session")
def cookies(world, chromium):
    """Of each kind of person who is signed in."""
    from browser import pages

    def signed_in(sign_in, *who):
        with window(world, chromium) as page:
            sign_in(page, *who)
            return page.context.storage_state()

    return {
        "staff": signed_in(pages.sign_in_staff, world.admin_password),
        "developer": signed_in(pages.sign_in_developer, "ada"),
    }


@pytest.fixture
def staff(world, chromium, cookies):
    """Signed in to the admin as the first superuser."""
    with window(world, chromium, storage_state=cookies["staff"]) as page:
        yield page


@pytest.fixture
def developer(world, chromium, cookies):
    """Signed in to the browsable API as Ada."""
    with window(world, chromium, storage_state=cookies["developer"]) as page:
        yield page
