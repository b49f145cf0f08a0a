"""Operations of a batch, as a client writes them."""

from events.tests.factories import body

URL = "/api/events/batch"


def send(client, *operations, **members):
    return client.post(URL, {"operations": list(operations), **members})


def create(**changes) -> dict:
    return {"op": "create", "event": body(**changes)}


def patch(event, **changes) -> dict:
    return {"op": "update", "id": str(event.pk), "event": changes}


def delete(event, **members) -> dict:
    return {"op": "delete", "id": str(event.pk), **members}
