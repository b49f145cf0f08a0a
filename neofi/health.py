"""For load balancers and orchestrators: is the process alive, and can it do its work?"""

import logging
from http import HTTPStatus

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from neofi import outages
from neofi.problem_views import problem_response

log = logging.getLogger(__name__)
_migrated = False  # in this process: a newer release, with more to apply, is another one


def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: the process answers. Touches nothing else."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest):
    """Readiness: the database is reachable and every migration is applied."""
    try:
        pending = _ask_for_pending_migrations()
    except Error as error:
        if outages.refusal_of(error):
            outages.explain(error)
        else:
            log.exception("The database cannot be asked.")
        return _not_ready("The database is not reachable.")
    if pending:
        return _not_ready(f"{pending} migrations are not applied.")
    return JsonResponse({"status": "ready"})


def _ask_for_pending_migrations() -> int:
    """How many there are. Once there are none, only whether the database answers is asked."""
    global _migrated
    if _migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return 0
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _migrated = not pending
    return pending


def _not_ready(detail: str):
    response = problem_response(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", detail)
    response["Retry-After"] = "5"
    return response


PROBES = {"/healthz": healthz, "/readyz": readyz}


def probes(get_response):
    """Middleware, and no view: probes come from inside, by an address that is no name of ours, and
    without the proxy that speaks HTTPS. Neither is a reason to send them away.
    """

    def middleware(request):
        return PROBES.get(request.path_info, get_response)(request)

    return middleware
