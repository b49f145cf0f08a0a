"""What a server of the tests' own imports: it answers which way a request came."""

from neofi import shortcut


def application():
    shortcut.lead_to(take)
    return by_the_loop


def take(scope, send) -> bool:
    taken = scope["method"] == "GET"
    if taken:
        answer(send, b"shortcut")
    return taken


async def by_the_loop(scope, receive, send) -> None:
    answer(send, b"loop")


def answer(send, content: bytes) -> None:
    send({"type": "http.response.start", "status": 200, "headers": []})
    send({"type": "http.response.body", "body": content})
