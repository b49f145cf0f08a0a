"""What the lines of the log carry, and what they leave out."""

import logging
from contextvars import ContextVar
from http import HTTPStatus

from neofi import outages

current_request_id = ContextVar("current_request_id", default="-")


class RequestId(logging.Filter):
    """Gives each record the id; outside of requests, a hyphen."""

    def filter(self, record):
        record.request_id = current_request_id.get()
        return True


class OutagesInOneLine(logging.Filter):
    """While the database is away, each request would log a traceback that says nothing new."""

    def filter(self, record):
        if getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE:
            return False  # Django's word on the answer, after ours on the cause
        error = record.exc_info and record.exc_info[1]
        if error and outages.refusal_of(error):
            outages.explain(error)
            return False
        return True
