"""One JSON line for each log event, so that no text in it can forge another."""

import json
import logging
from datetime import UTC, datetime

from management import audit


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            # Django logs a refusal when the request's own context is already gone.
            "request_id": getattr(getattr(record, "request", None), "id", audit.request_id()),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=str)
