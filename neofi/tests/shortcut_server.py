"""What a server of the tests' own imports: it answers which way a request came."""

import threading
import time

from neofi import shortcut


def application():
    shortcut.lead_to(take)
    return by_the_loop


def take(scope, receive, send, loop) -> bool:
    taken = scope["method"] != "POST"
    if taken:
        body = receive() if scope["method"] == "PUT" else None
        threading.Thread(target=answer_without_the_loop, args=(body, send)).start()
    return taken


def answer_without_the_loop(body, send) -> None:
    while body and not body.done():
        time.sleep(0.01)
    answer(send, b"shortcut" + (body.result()["body"] if body else b""))


async def by_the_loop(scope, receive, send) -> None:
    answer(send, b"loop")


def answer(send, content: bytes) -> None:
    send({"type": "http.response.start", "status": 200, "headers": []})
    send({"type": "http.response.body", "body": content})
