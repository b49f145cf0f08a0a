"""The id of the request that is being answered, in every line that it logs."""

import logging
from contextvars import ContextVar

current_request_id = ContextVar("current_request_id", default="-")


class RequestId(logging.Filter):
    """Gives each record the id; outside of requests, a hyphen."""

    def filter(self, record):
        record.request_id = current_request_id.get()
        return True
