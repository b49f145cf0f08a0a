"""The Postman collection in docs/ is whole, of today, and sends what the API takes."""

import json
import re

import pytest

from neofi.tests.documented import check, document
from tools.postman import collection, operations
from tools.postman.walk import STEPS

ANEW = "The API has changed since. Make the file anew: .venv/bin/python -m tools.postman"
TAGS = ["accounts", "events", "versions", "collaboration"]
VARIABLE = re.compile(r"{{(\w+)}}")


@pytest.fixture(scope="module")
def committed():
    return json.loads(collection.FILE.read_text())


def requests(folders):
    return [item["request"] for folder in folders for item in folder["item"]]


def documented(request):
    """The document's operation that a request is for."""
    sent = request["url"]["raw"].partition("?")[0].removeprefix("{{base_url}}")
    paths = [path for path in document()["paths"] if fits(path, sent)]
    literal = min(paths, key=lambda path: path.count("{"))  # history/verify is no version
    return document()["paths"][literal][request["method"].lower()]


def fits(path, sent):
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), sent)


def test_the_file_is_what_the_schema_makes():
    assert collection.FILE.read_text() == collection.text(), ANEW


def test_making_it_twice_makes_the_same():
    assert collection.text() == collection.text()


def test_the_walk_comes_first_and_then_a_folder_for_each_tag(committed):
    assert [folder["name"] for folder in committed["item"]] == ["Walk through", *TAGS]


def test_each_operation_is_there_once(committed):
    sent = [documented(r)["operationId"] for r in requests(committed["item"][1:])]
    all_there_are = [
        o["operationId"] for item in document()["paths"].values() for o in item.values()
    ]
    assert sorted(sent) == sorted(all_there_are)


def test_ids_are_unique(committed):
    ids = [entry["id"] for folder in committed["item"] for entry in [folder, *folder["item"]]]
    assert len(set(ids)) == len(ids)


def test_bodies_are_valid(committed):
    for request in requests(committed["item"]):
        if "body" in request:
            sent = json.loads(VARIABLE.sub(r"\1", request["body"]["raw"]))
            taken = documented(request)["requestBody"]["content"]["application/json"]
            check(sent, taken["schema"])


def test_each_operation_that_takes_a_body_has_an_example_in_it(committed):
    for request in requests(committed["item"][1:]):
        assert ("body" in request) == ("requestBody" in documented(request))


def test_query_parameters_are_all_there_and_switched_off(committed):
    for request in requests(committed["item"][1:]):
        names = [p["name"] for p in documented(request)["parameters"] if p["in"] == "query"]
        assert [row["key"] for row in request["url"].get("query", [])] == names
        assert all(row["disabled"] for row in request["url"].get("query", []))


def test_only_what_needs_no_token_sends_none(committed):
    for request in requests(committed["item"][1:]):
        assert ("auth" in request) == ({} in documented(request)["security"])


def test_every_variable_that_is_used_is_declared(committed):
    declared = {row["key"] for row in committed["variable"]}
    used = set(VARIABLE.findall(json.dumps(committed)))
    kept = set(re.findall(r'collectionVariables\.[gs]et\(\\"(\w+)\\"', json.dumps(committed)))
    assert used | kept == declared


def test_what_operations_keep_is_of_operations_that_exist():
    known = {o["operationId"] for item in document()["paths"].values() for o in item.values()}
    assert {*operations.KEPT, *operations.FIRST} <= known


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_of_the_walk_can_fail_by_its_body_or_headers(step):
    assert all("pm.expect(" in code for code in step.checks.values())
    assert step.checks


def test_the_walk_expects_only_statuses_that_are_documented(committed):
    for step, request in zip(STEPS, requests(committed["item"][:1]), strict=True):
        assert str(step.status) in documented(request)["responses"], step.name
