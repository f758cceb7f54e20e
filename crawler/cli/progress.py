"""Count the results of a run, and show a progress bar on a terminal."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from crawler.cli.bar import ProgressBar
from crawler.cli.log import FOR_THE_LOG
from crawler.cli.session import Session
from crawler.monitoring import Stats
from crawler.monitoring.outcomes import USUAL_REASONS
from pipelines.archive import Source
from pipelines.errors import StoreError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.model import Capture, Entry, Requisite

logger = logging.getLogger(__name__)


class Progress:
    """Adds entries and failures to a report and to the statistics of their site; shows the counts on a terminal."""

    def __init__(
        self,
        session: Session,
        report: Stats,
        total: int | None = None,
        stats_by_site: dict[str | None, Stats] | None = None,
        site_of: Callable[[str], str | None] = lambda _url: None,
    ) -> None:
        """Show a bar only on a terminal, and not with --quiet or --json; `total` is the number of pages, if known.

        `site_of` returns the slug of the site of a URL that failed, for the statistics.
        """
        self._report = report
        self._stats_by_site, self._site_of = stats_by_site, site_of
        self._bar = ProgressBar(session, total)
        self._started = time.monotonic()
        self._site: str | None = None

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    @property
    def shown(self) -> bool:
        """Whether the bar is visible."""
        return self._bar.shown

    def entry(self, entry: Entry, fraction: float | None = None) -> None:
        """Count an entry; `fraction` is the part of the run, up to 1, that is done with it, if `total` is unknown."""
        self._report.add(entry)
        if self._stats_by_site is not None:
            self._stats_by_site.setdefault(entry.site, Stats()).add(entry)
        self._site = entry.site
        if entry.reason and entry.reason not in USUAL_REASONS:
            logger.warning("%s has no article: %s", entry.final_url, entry.reason, extra={FOR_THE_LOG: True})
        self._show(fraction)

    def requisite(self, requisite: Requisite, fraction: float | None = None) -> None:
        """Count a requisite of a page; `fraction` is as for an entry."""
        self._report.requisites.requisite(requisite)
        self._show(fraction)

    def requisite_failure(self, reason: str) -> None:
        """Count a requisite that could not be fetched, or that robots.txt forbids."""
        self._report.requisites.requisite_failure(reason)

    def failure(self, url: str, reason: str, detail: str) -> None:
        """Count a page that could not be fetched; pages that robots.txt forbids are counted separately."""
        if self._stats_by_site is not None:
            self._stats_by_site.setdefault(self._site_of(url), Stats()).fail(reason)
        if reason == "robots":
            self._report.forbidden += 1
        else:
            self._report.failed[reason] += 1
            logger.warning("%s: %s", url, detail)
        self._show()

    def _show(self, fraction: float | None = None) -> None:
        if not self._bar.shown:
            return
        report, seconds = self._report, time.monotonic() - self._started
        parts = [
            *([self._site] if self._site else []),
            ngettext("{count} page", "{count} pages", report.fetched),
            ngettext("{count} article", "{count} articles", report.articles),
            _("{count} failed", count=report.failed.total()),
            _("{count:.0f}/s", count=report.fetched / max(seconds, 1e-3)),
            ngettext("{count} duplicate", "{count} duplicates", report.duplicates),
            _("{count} rejected", count=report.refused.total()),
        ]
        if fraction is None:
            self._bar.show(parts)
        else:
            self._bar.show(parts, done=fraction, total=1)


class ReadFraction:
    """How much of some WARC files has been read, in bytes."""

    def __init__(self, files: Iterable[Source]) -> None:
        self._start_offsets: dict[str, int] = {}
        self._total: int | None = 0
        for file in files:
            self._start_offsets[file.name] = self._total or 0
            size = _size(file)
            self._total = None if size is None or self._total is None else self._total + size

    def after(self, capture: Capture | None) -> float | None:
        """Return the fraction, up to 1, that has been read after a capture; None if the size of a file is unknown."""
        place = capture.stored if capture else None
        if not self._total or place is None or place.file not in self._start_offsets:
            return None
        return (self._start_offsets[place.file] + place.offset + place.length) / self._total


def _size(file: Source) -> int | None:
    try:
        return file.size()
    except StoreError:
        return None
