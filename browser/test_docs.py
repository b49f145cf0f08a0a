"""Swagger UI, as a client developer would try it out."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_request_is_tried_out_with_a_token(world, page):
    token = world.api("ada").headers["Authorization"].removeprefix("Bearer ")
    page.goto("/docs")
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").first.fill(token)
    page.locator(".auth-container").get_by_role("button", name="Apply credentials").first.click()
    page.locator(".auth-container").get_by_role("button", name="Close").first.click()
    operation = page.locator("#operations-accounts-me")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    answer.locator(".response-col_status", has_text="200").wait_for()
    assert "ada@example.org" in answer.inner_text()
