"""The log on stderr: as text for people, or as JSON, one event a line, for programs that collect logs."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from collections.abc import Mapping

from crawler.cli.log_events import event_name
from crawler.cli.output import echo
from crawler.cli.wrapping import wrapped_for
from pipelines.masking import mask
from pipelines.printable import printable_json
from pipelines.times import rfc3339

LOG_FORMATS = ("text", "json")

FOR_THE_LOG = "for_the_log"
"""The mark of log records that are for the log of a crawl: stderr has them with `verbose` only."""


def start_logging(*, quiet: bool, verbose: int, as_json: bool = False) -> None:
    """Log to stderr: fangzhi's own warnings, and with `verbose` also messages of the libraries."""
    line_format = "%(asctime)s %(levelname)s %(name)s: %(message)s" if verbose else "%(levelname)s: %(message)s"
    handler = _StderrHandler(wrap=not as_json)
    handler.setFormatter(_JsonFormatter() if as_json else _MaskingFormatter(line_format))
    if not verbose:
        handler.addFilter(lambda record: record.name.startswith(("crawler", "pipelines")))
        handler.addFilter(lambda record: not hasattr(record, FOR_THE_LOG))
    level = logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler.setLevel(level)  # the log of a crawl may need more
    logging.basicConfig(level=level, handlers=[handler], force=True)


def event_line(event: str, message: str, level: str = "info", fields: Mapping[str, object] | None = None) -> str:
    """Return an event as a line of JSON; `message` is its text in English, for people.

    >>> event_line("crawl-started", "huawu: crawl started.", fields={"site": "huawu"}).partition('"level"')[2]
    ':"info","event":"crawl-started","message":"huawu: crawl started.","site":"huawu"}'
    """
    at = rfc3339(dt.datetime.now(dt.UTC), "milliseconds")
    document = {"time": at, "level": level, "event": event, "message": str(message), **(fields or {})}
    return printable_json(mask(json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)))


class _StderrHandler(logging.Handler):
    """Writes to what `sys.stderr` is at the time: above a progress bar while one is visible."""

    def __init__(self, *, wrap: bool) -> None:
        super().__init__()
        self._wrap = wrap

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            echo(wrapped_for(sys.stderr, line) if self._wrap else line, err=True)
        except Exception:  # noqa: BLE001 - as in logging.StreamHandler: a log line must not end the program
            self.handleError(record)


class _MaskingFormatter(logging.Formatter):
    """Masks the passwords in log lines and tracebacks, also in those of the libraries."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class _JsonFormatter(logging.Formatter):
    """Writes a log record as a line of JSON, with its traceback in `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {"logger": record.name}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return event_line(event_name(record), record.getMessage(), record.levelname.lower(), fields)
