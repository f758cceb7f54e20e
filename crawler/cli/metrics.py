"""Metrics of an archive: read for Prometheus, written to a file for node_exporter, or served over HTTP."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from crawler.cli.status import FrontierOverview, by_site, read_frontier
from crawler.config.config import Config
from crawler.config.load import file_beside_frontier
from crawler.frontier.latencies import HistogramBucket
from crawler.monitoring.metrics import (
    CONTENT_TYPE,
    CrawlTimes,
    Histogram,
    Metric,
    Snapshot,
    exposition,
    metrics,
    verifications,
)
from crawler.records import RECORDS_FILE, Verified, read_records
from pipelines import __version__
from pipelines.archive.ledger.append import last_number
from pipelines.archive.ledger.entries import entry_key, parse_entry
from pipelines.archive.open_files import open_sizes
from pipelines.archive.seals.statement import SEALS_FOLDER, parse_seal
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _
from pipelines.storage import Storage, open_storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable

logger = logging.getLogger(__name__)

REFRESH_S, REFRESH_BUCKET_S = 60.0, 600.0
"""Seconds between two readings, in the background, because the health of 60 sites takes four seconds to read. A bucket
is listed with a request for each 1,000 objects, which cost money: every ten minutes."""


Reading = dict[str, Any]


class Keeper(Protocol):
    """Keeps what was read of a bucket."""

    def get(self, name: str, age_s: float, compute: Callable[[], Reading], /) -> Reading:
        """Return a result that is not older than `age_s`."""


class LastReading:
    """Keeps one reading, for one thread."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._found: tuple[float, Reading] | None = None

    def get(self, _name: str, age_s: float, compute: Callable[[], Reading], /) -> Reading:
        """Return the last reading, or a new one if it is older than `age_s`."""
        if self._found is None or time.monotonic() - self._found[0] > age_s:
            self._found = time.monotonic(), compute()
        return self._found[1]


def metrics_text(config: Config, kept: Keeper) -> str:
    """Return the metrics of the archive, the catalogue and the frontier of a configuration, as they are now.

    The last verification of each kind is among them, as the records of this machine have it.

    What `kept` has of a bucket may be older. What cannot be read has no metrics but `fangzhi_readable` 0. Raises
    FangzhiError if the configuration is wrong.
    """
    age_s = REFRESH_BUCKET_S if open_storage(config.archive, config.options).separate_spool else 0.0
    read_archive = functools.partial(kept.get, "files of the archive", age_s, lambda: _archive(config))
    snapshot = read_snapshot(config, dt.datetime.now(dt.UTC), read_archive)
    return exposition([*metrics(snapshot), *verifications(_last_verifications(config))])


def read_snapshot(config: Config, now: dt.datetime, read_archive: Callable[[], Reading] | None = None) -> Snapshot:
    """Read what the metrics show. Of a part that cannot be read now, only that is in the snapshot."""
    frontier = FrontierOverview()

    def read_pages() -> dict[str, Any]:
        nonlocal frontier
        frontier = read_frontier(config.frontier)
        return {"queues": frontier.counts, "crawls": _crawls(config, now), "latencies": _latencies(config)}

    parts: dict[str, Callable[[], Reading]] = {
        "frontier": read_pages,
        "spool": lambda: _spool(config),
        "catalogue": lambda: _captures(config, frontier, now),
        "archive": read_archive or (lambda: _archive(config)),
    }
    values: dict[str, Any] = {}
    readable = {}
    for name, read in parts.items():
        try:
            values |= read()
        except FangzhiError as error:
            logger.info("no metrics of the %s: %s", name, error)
            readable[name] = False
        else:
            readable[name] = True
    return Snapshot(version=__version__, at=now, readable=readable, **values)


def _last_verifications(config: Config) -> list[Verified]:
    """Return the last verification of each kind; none if the records cannot be read, which `status` reports."""
    try:
        with read_records(file_beside_frontier(config, RECORDS_FILE)) as records:
            return records.last_verifications()
    except FangzhiError as error:
        logger.info("no metrics of the %s: %s", "verifications", error)
        return []


def write_metrics(path: Path, found: Iterable[Metric | Histogram] | str) -> None:
    """Replace a file of metrics at once, so that node_exporter never reads half of it; any user may read it."""
    text = found if isinstance(found, str) else exposition(found)
    with os_errors_as_unavailable("write", path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                os.fchmod(file.fileno(), 0o644)
            os.replace(name, path)  # noqa: PTH105 - the temporary file is only a name here
        except BaseException:
            os.unlink(name)  # noqa: PTH108
            raise


def metrics_server(config: Config, host: str, port: int) -> MetricsServer:
    """Return a server of the metrics of a configuration."""
    return MetricsServer((host, port), functools.partial(metrics_text, config, LastReading()), REFRESH_S)


class MetricsServer:
    """Serves the metrics at `/metrics`; they are read in the background.

    While they cannot be read, the answer is 503 with the reason: Prometheus then sets `up` to 0, so old figures are
    never taken for new ones.
    """

    def __init__(self, address: tuple[str, int], read: Callable[[], str], every_s: float) -> None:
        """Listen on an address and a port; raises ConfigError if that cannot be done."""
        self._read, self._every_s, self._ended = read, every_s, threading.Event()
        self._answer: tuple[int, str] = (503, "the metrics are being read for the first time\n")
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, text = owner.answer(self.path)
                content = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", CONTENT_TYPE)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
                logger.debug(format, *args)

        try:
            self._server = ThreadingHTTPServer(address, Handler)
        except OSError as error:
            raise ConfigError(
                _(
                    "cannot listen on {host}:{port}: {cause}",
                    host=address[0],
                    port=address[1],
                    cause=error.strerror or error,
                ),
                _("choose another --metrics-port"),
            ) from error

    def __enter__(self) -> MetricsServer:
        for run, name in ((self._server.serve_forever, "metrics server"), (self._refresh, "metrics reader")):
            threading.Thread(target=run, name=name, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, str]:
        """Return the status and the text of the answer to a request."""
        return self._answer if path.partition("?")[0] == "/metrics" else (404, "see /metrics\n")

    def _refresh(self) -> None:
        while not self._ended.is_set():
            try:
                self._answer = (200, self._read())
            except FangzhiError as error:
                self._answer = (503, f"{error}\n")
            except Exception as error:  # a bug in the metrics must not end the crawls
                logger.exception("the metrics cannot be read")
                self._answer = (503, f"{type(error).__name__}\n")
            self._ended.wait(self._every_s)


def _captures(config: Config, frontier: FrontierOverview, now: dt.datetime) -> dict[str, Any]:
    from crawler.monitoring import Monitor
    from crawler.sites.folders import load
    from pipelines.catalogue.catalogue import Catalogue

    with closing(Catalogue(config.catalogue, create=False)) as catalogue:
        counts = catalogue.counts()
        monitor = Monitor(catalogue=catalogue, registry=load(*config.registry), now=now, lists=frontier.lists)
        sites = [site["site"] for site in by_site(counts, frontier.counts)]
        return {"captures": counts, "health": list(monitor.current(sites))}


def _crawls(config: Config, now: dt.datetime) -> list[CrawlTimes]:
    from crawler.schedule import read_timetable
    from crawler.sites.folders import load

    rows = read_timetable(config.frontier, load(*config.registry).enabled(), config.schedule, now)
    return [
        CrawlTimes(
            site=row.site.slug,
            due=row.due,
            started=row.last.started if row.last else None,
            ended=row.last.ended if row.last else None,
            failures=row.last.failures if row.last else 0,
            running=row.is_running,
        )
        for row in rows
    ]


def _latencies(config: Config) -> list[HistogramBucket]:
    from crawler.frontier import Frontier, frontier_exists

    if not frontier_exists(config.frontier):
        return []
    with closing(Frontier(config.frontier)) as frontier:
        return frontier.latencies()


def _spool(config: Config) -> dict[str, Any]:
    storage = open_storage(config.archive, config.options)
    waiting = open_sizes(storage)
    limit = config.spool_limit if storage.separate_spool else None
    return {"spool": waiting, "spool_since": _oldest(storage, waiting), "spool_limit": limit}


def _archive(config: Config) -> dict[str, Any]:
    storage = open_storage(config.archive, config.options)
    files = [each.size for each in storage.objects("warc/") if each.key.endswith(".warc.gz")]
    number = last_number(storage)
    entry = parse_entry(storage.read(entry_key(number))) if number else None
    ledger = {"ledger_entries": number, "ledger_at": dt.datetime.fromisoformat(entry.at) if entry else None}
    return {"files": len(files), "bytes": sum(files), "sealed_at": _sealed_at(storage), **ledger}


def _sealed_at(storage: Storage) -> dt.datetime | None:
    names = [key for key in storage.keys(SEALS_FOLDER) if key.endswith(".json")]
    seal = parse_seal(storage.read(names[-1])) if names else None  # their names begin with their times
    return dt.datetime.fromisoformat(seal.at) if seal else None


def _oldest(storage: Storage, keys: Iterable[str]) -> dt.datetime | None:
    times = []
    for key in keys:
        try:
            times.append(spool_path(storage, key).stat().st_mtime)
        except FileNotFoundError:
            continue  # published meanwhile
    return dt.datetime.fromtimestamp(min(times), dt.UTC) if times else None
