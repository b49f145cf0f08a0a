"""A shortcut through granian: what needs no event loop does not go by it.

Granian hands every request to the loop, which costs the wake-up of a thread and a task: a third of
what a small request costs in server and front. The place to step in is none that granian promises,
so its version is pinned, and a test notices if the shortcut is not taken any more. All works
without it, only slower.
"""

from collections.abc import Callable

from granian import _futures


def lead_to(take: Callable) -> None:
    """Offer each request to `take(scope, receive, send, loop)`, before granian's `loop` has it.

    It is called in granian's own thread, and says whether it took the request. It must not raise,
    nor take long. What `receive` gives is a future: `done()` and `result()` may be asked in any
    thread, and it may be awaited in the loop.
    """
    by_the_loop = _futures._cbsched_aioschedule

    def scheduling(loop, context, callback):
        schedule = by_the_loop(loop, context, callback)

        def offer(request) -> None:
            protocol = request.proto
            taken = take(request.scope, protocol.receive, protocol.send, loop)
            if not taken:
                schedule(request)

        return offer

    _futures._cbsched_aioschedule = scheduling
