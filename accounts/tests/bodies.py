"""How tests read error bodies."""


def errors_in(response) -> dict[str, set[str]]:
    """The codes of a 400, by field."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    codes = {}
    for error in response.json()["errors"]:
        codes.setdefault(error["field"], set()).add(error["code"])
    return codes


def code_of(response) -> str:
    """The code of a 401, which must say how to do better."""
    assert response.status_code == 401, response.content
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    return response.json()["code"]
