"""Keeps the log of a crawl in the records, for the reading room; a crawl never fails or waits because of it."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from crawler.cli.log_events import CRAWL_FINISHED, CRAWL_STARTED, ERROR, event_name
from crawler.config.config import Config
from crawler.config.load import file_beside_frontier
from crawler.records import RECORDS_FILE, LogLevel, LogLine, opened_records
from pipelines.errors import FangzhiError, StoreError
from pipelines.masking import mask
from pipelines.printable import printable

logger = logging.getLogger(__name__)

OURS = ("crawler", "pipelines")
"""The loggers of which INFO is kept, too; those of libraries write much below WARNING."""

MAX_LINES, MAX_BYTES = 2_000, 512_000
"""Lines and bytes that are kept of a run: those of a site that refuses every page of a day. Others are counted."""

MORE_ERRORS = 100
"""Lines of the level `error` that are kept after these bounds: the last of them say why a crawl ended."""

MAX_LINE_CHARS = 4_000
"""Characters of a line; a traceback of fangzhi has some 3,000."""

WRITE_S = 5.0
"""Seconds between two times at which lines are written: a crawl that is killed loses those of the last seconds."""

OPENED_S = 0.2
"""Seconds between two looks for the folder of the records, which is there when the crawl has opened its frontier."""


class CrawlLog(logging.Handler):
    """Collects the log lines of a run within bounds. `site_of` returns the slug of the site of a URL."""

    def __init__(self, sites: Collection[str], site_of: Callable[[str], str | None]) -> None:
        super().__init__(logging.INFO)
        self._sites, self._site_of = {*sites}, site_of
        self._waiting: list[LogLine] = []
        self._adding = threading.Lock()
        self._lines = self._bytes = self._errors = 0
        self.left_out = 0
        self.problem: StoreError | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Collect a log record; what fails here must not end the crawl."""
        try:
            text = record.getMessage()
            if record.exc_info:
                text = f"{text}\n{''.join(traceback.format_exception(*record.exc_info))}"
            self.add(_level(record.levelno), event_name(record), text, self._site_of_record(record))
        except Exception:  # noqa: BLE001 - as in logging.StreamHandler
            self.handleError(record)

    def add(self, level: LogLevel, event: str, text: str, site: str | None = None) -> None:
        """Collect a line, without passwords and control characters, or count it if the bounds are reached."""
        shown = "\n".join(printable(line) for line in mask(text).strip().splitlines())[:MAX_LINE_CHARS]
        line = LogLine(at=dt.datetime.now(dt.UTC), level=level, event=event, site=site, message=shown)
        with self._adding:
            if self._lines >= MAX_LINES or self._bytes >= MAX_BYTES:
                if level != "error" or self._errors >= MORE_ERRORS:
                    self.left_out += 1
                    return
                self._errors += 1
            self._lines, self._bytes = self._lines + 1, self._bytes + len(shown.encode())
            self._waiting.append(line)

    def take(self) -> list[LogLine]:
        """Return the lines that were not taken yet."""
        with self._adding:
            found, self._waiting = self._waiting, []
            return found

    def _site_of_record(self, record: logging.LogRecord) -> str | None:
        """Return the site that a record is about: by the slug or the URL among its values, or the only one."""
        if len(self._sites) == 1:
            return next(iter(self._sites))
        for value in record.args if isinstance(record.args, tuple) else ():
            site = self._site_of(value) if isinstance(value, str) and "://" in value else value
            if isinstance(site, str) and site in self._sites:
                return site
        return None


@contextmanager
def kept_log(config: Config, sites: Collection[str], site_of: Callable[[str], str | None]) -> Iterator[None]:
    """Keep the log of what a `with` block does as that of a crawl of some sites."""
    log, ended = CrawlLog(sites, site_of), threading.Event()
    log.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith(OURS))
    loggers = [logging.getLogger(name) for name in OURS]
    levels = [each.level for each in loggers]
    for site in sites:
        log.add("info", CRAWL_STARTED, f"{site}: crawl started.", site)
    writing = threading.Thread(target=_write, args=(config, sites, log, ended), daemon=True)
    logging.getLogger().addHandler(log)
    for each in loggers:
        each.setLevel(min(logging.INFO, each.getEffectiveLevel()))
    writing.start()
    try:
        yield
        log.add("info", CRAWL_FINISHED, "crawl finished.")
    except BaseException as error:
        cause = str(error) if isinstance(error, FangzhiError) else traceback.format_exc()
        log.add("error", ERROR, cause or type(error).__name__)
        raise
    finally:
        logging.getLogger().removeHandler(log)
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)
        ended.set()
        writing.join()
    if log.problem:
        logger.warning("the log of this crawl is not kept: %s", log.problem)


def _write(config: Config, sites: Collection[str], log: CrawlLog, ended: threading.Event) -> None:
    """Write the collected lines to the records every few seconds, and the last ones when the run has ended.

    An error does not stop the crawl. It is kept as the problem of the log, and told when the crawl has ended well: a
    crawl that fails has told its own error.
    """
    file, run = file_beside_frontier(config, RECORDS_FILE), None
    try:
        while True:
            is_over = ended.wait(WRITE_S if run else OPENED_S)
            if not file.parent.is_dir():
                if is_over:
                    return
                continue
            lines = log.take()
            if lines or is_over:
                now = dt.datetime.now(dt.UTC)
                with opened_records(file) as records:
                    run = run or records.logs.begin(sites, lines[0].at if lines else now)
                    records.logs.add(run, lines, log.left_out, now if is_over else None)
            if is_over:
                return
    except StoreError as error:
        logging.getLogger().removeHandler(log)
        log.problem = error


def _level(number: int) -> LogLevel:
    if number >= logging.ERROR:
        return "error"
    return "warning" if number >= logging.WARNING else "info"
