"""Walking through the pages of a list, as a client does."""

from collections.abc import Iterator


def pages(client, url: str, link: str = "next") -> Iterator[dict]:
    """Every page from `url` on, by the links that the pages carry."""
    while url:
        response = client.get(url)
        assert response.status_code == 200, response.content
        page = response.json()
        yield page
        url = page[link]


def rows(client, url: str) -> list[dict]:
    """All rows behind `url`."""
    return [row for page in pages(client, url) for row in page["results"]]


def last_page(client, url: str) -> dict:
    *_, last = pages(client, url)
    return last


def rows_backwards(client, url: str) -> list[dict]:
    """All rows, read from the last page to the first by `previous`; in the list's order again."""
    *_, (found, previous) = ((p["results"], p["previous"]) for p in pages(client, url))
    if previous is None:
        return found
    earlier = [page["results"] for page in pages(client, previous, "previous")]
    return [row for results in reversed(earlier) for row in results] + found
