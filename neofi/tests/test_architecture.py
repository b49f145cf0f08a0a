"""What docs/architecture.md draws and names is there."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
APPS = ["accounts", "events", "collaboration"]
BLOCK = re.compile(r"^```mermaid\n(\w+)(.*?)^```$", re.MULTILINE | re.DOTALL)
DRAWN = dict(BLOCK.findall(PAGE))
# What a relation of an entity diagram looks like: `User ||--o{ Session : "signs in by"`.
RELATION = re.compile(r'^ *(\w+) [|}o]+--[|{o]+ (\w+) : ".*"$', re.MULTILINE)
ENTITY = re.compile(r"^ *(\w+) {\n(.*?)^ *}$", re.MULTILINE | re.DOTALL)
MODELS = {model.__name__: model for app in APPS for model in apps.get_app_config(app).get_models()}


def boxes():
    """Each box of the diagram of apps: its short name, and the module that it stands for."""
    return dict(re.findall(r'(\w+)\["([\w.]+)', DRAWN["flowchart"]))


def files():
    """The files and folders that the table of new lines sends to."""
    table = PAGE.partition("## Where to put a new line")[2].partition("\n## ")[0]
    cells = " ".join(row.split("|")[2] for row in table.splitlines() if row.startswith("|"))
    return sorted(set(re.findall(r"`([\w/]+(?:/|\.\w+))`", cells)))


def test_there_is_one_diagram_of_the_apps_and_one_of_the_data():
    assert [kind for kind, _ in BLOCK.findall(PAGE)] == ["flowchart", "erDiagram"]


def test_every_box_is_a_module():
    assert {"neofi", *APPS} <= set(boxes().values())
    assert all(find_spec(module) for module in boxes().values())


def test_every_arrow_is_between_boxes():
    ends = re.findall(r"^ *(\w+)(?:\[.*?\])? --> (\w+)$", DRAWN["flowchart"], re.MULTILINE)
    assert len(ends) == DRAWN["flowchart"].count("-->")
    assert {name for pair in ends for name in pair} <= set(boxes())


def test_every_entity_is_a_model():
    drawn = DRAWN["erDiagram"]
    related = RELATION.findall(drawn)
    assert len(related) == drawn.count("--")
    named = {name for pair in related for name in pair} | {
        name for name, _ in ENTITY.findall(drawn)
    }
    assert named <= set(MODELS)


@pytest.mark.parametrize(("entity", "rows"), ENTITY.findall(DRAWN["erDiagram"]))
def test_every_attribute_is_a_column(entity, rows):
    names = [row.split()[1] for row in rows.strip().splitlines()]
    columns = {field.attname for field in MODELS[entity]._meta.concrete_fields}
    assert set(names) <= columns


@pytest.mark.parametrize("path", files())
def test_every_place_for_a_new_line_exists(path):
    found = ROOT / path
    assert found.is_dir() if path.endswith("/") else found.is_file()
