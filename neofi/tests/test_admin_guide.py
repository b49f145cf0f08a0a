"""docs/admin.md tells of each list and each action that staff have."""

import re
from pathlib import Path

import pytest
from django.contrib import admin

from collaboration.admin import navigation
from collaboration.groups import PERMISSIONS, SUPPORT

PAGE = (Path(__file__).parents[2] / "docs" / "admin.md").read_text()
SCREENSHOTS = [
    *("admin-dashboard", "admin-events", "admin-history", "landing", "browsable-api", "swagger"),
]


def actions():
    """The description of each action, of lists and of single pages."""
    admin.autodiscover()
    for model_admin in admin.site._registry.values():
        if type(model_admin).__module__.startswith("collaboration."):
            for name in [*(model_admin.actions or ()), *model_admin.actions_detail]:
                yield getattr(model_admin, name).short_description


@pytest.mark.parametrize("description", sorted(set(actions())))
def test_each_action_is_described(description):
    assert description in PAGE


def test_each_list_is_described():
    titles = [title for group in navigation.GROUPS.values() for title, _ in group.values()]
    assert all(f"| {title} |" in PAGE for title in titles)


def test_what_the_group_may_do_besides_looking_is_named():
    assert f"`{SUPPORT}`" in PAGE
    doing = {f"{app}.{name}" for app, name in PERMISSIONS if not name.startswith("view_")}
    table = PAGE.partition("## Who may do what")[2].partition("\n## ")[0]
    rows = [row.split(" | ") for row in table.splitlines() if row.startswith("|")]
    assert doing == {row[1].strip("` ") for row in rows if row[2] == "yes" and "`" in row[1]}


def test_each_screenshot_has_its_place_once():
    assert sorted(re.findall(r"screenshots/([\w-]+)\.png", PAGE)) == sorted(SCREENSHOTS)
