"""A shortcut through granian: what needs no event loop does not go by it.

Granian hands every request to the loop, which costs the wake-up of a thread and a task: a third of
what a small request costs in server and front. The place to step in is none that granian promises,
so its version is pinned, and a test notices if the shortcut is not taken any more. All works
without it, only slower.
"""

from collections.abc import Callable

from granian import _futures


def lead_to(take: Callable) -> None:
    """Offer each request to `take(scope, send)`, in granian's own thread, before the loop has it.

    It says whether it took the request. It must not raise, nor take long.
    """
    by_the_loop = _futures._cbsched_aioschedule

    def scheduling(loop, context, callback):
        schedule = by_the_loop(loop, context, callback)
        return lambda request: take(request.scope, request.proto.send) or schedule(request)

    _futures._cbsched_aioschedule = scheduling
