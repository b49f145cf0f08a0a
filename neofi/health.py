"""For load balancers and orchestrators: is the process alive, and can it do its work?"""

import logging
from http import HTTPStatus

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from neofi.problem_views import problem_response

log = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: the process answers. Touches nothing else."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest):
    """Readiness: the database is reachable and every migration is applied."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        log.exception("The database is not reachable.")
        return _not_ready("The database is not reachable.")
    if pending:
        return _not_ready(f"{len(pending)} migrations are not applied.")
    return JsonResponse({"status": "ready"})


def _not_ready(detail: str):
    response = problem_response(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", detail)
    response["Retry-After"] = "5"
    return response
