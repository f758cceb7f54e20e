"""Counting a run as it goes, with a bar where somebody looks on."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from crawler.cli.session import Session
from crawler.monitoring import Stats
from crawler.monitoring.report import Report
from pipelines.archive import Source
from pipelines.errors import StoreError
from pipelines.model import Capture, Entry

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

logger = logging.getLogger(__name__)


class Progress:
    """Adds entries and failures to a report, and to the tally of their site; shows the counts on a terminal."""

    def __init__(
        self,
        session: Session,
        report: Report,
        total: int | None = None,
        tallies: dict[str | None, Stats] | None = None,
        site_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Show a bar only on a terminal, and not where quiet or JSON was asked for; `total` in pages, if known.

        `site_of` tells of a URL that gave no answer, whose tally it counts in.
        """
        self._report = report
        self._tallies, self._site_of = tallies, site_of
        shown = sys.stderr.isatty() and not (session.quiet or session.machine)
        self._bar = _bar(total) if shown else None
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    @property
    def shown(self) -> bool:
        """Whether anybody sees the bar."""
        return self._bar is not None

    def entry(self, entry: Entry, reached: float | None = None) -> None:
        """Count an entry; `reached` is the part of the whole, up to 1, that is done with it, if `total` is unknown."""
        self._report.add(entry)
        if self._tallies is not None:
            self._tallies.setdefault(entry.site, Stats()).add(entry)
        self._show(reached)

    def failure(self, url: str, why: str, detail: str) -> None:
        """Count a page that gave no answer; what robots.txt forbids was not asked for and is counted apart."""
        if self._tallies is not None:
            self._tallies.setdefault(self._site_of(url), Stats()).fail(why)
        if why == "robots":
            self._report.forbidden += 1
        else:
            self._report.failed[why] += 1
            logger.warning("%s: %s", url, detail)
        self._show()

    def _show(self, reached: float | None = None) -> None:
        if self._bar is None:
            return
        report, seconds = self._report, time.monotonic() - self._started
        words = f"{report.fetched} pages, {report.articles} articles, {report.duplicates} duplicates"
        words += f", {report.rejected.total()} rejected, {report.failed.total()} failed"
        words += f" · {report.fetched / max(seconds, 1e-3):.0f}/s"
        (task,) = self._bar.task_ids
        if reached is None:
            self._bar.update(task, advance=1, description=words)
        else:
            self._bar.update(task, completed=reached, total=1, description=words)


def _bar(total: int | None) -> Bar:
    """Return a bar on stderr with one task. rich is imported only where there is somebody to see it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("starting", total=total)
    return bar


class Reached:
    """How much of some files has been read, by their bytes."""

    def __init__(self, files: Iterable[Source]) -> None:
        self._starts: dict[str, int] = {}
        self._total: int | None = 0
        for file in files:
            self._starts[file.name] = self._total or 0
            size = _size(file)
            self._total = None if size is None or self._total is None else self._total + size

    def by(self, capture: Capture | None) -> float | None:
        """Return the part, up to 1, that ends with a capture; None where that cannot be known."""
        place = capture.stored if capture else None
        if not self._total or place is None or place.file not in self._starts:
            return None
        return (self._starts[place.file] + place.offset + place.length) / self._total


def _size(file: Source) -> int | None:
    try:
        return file.size()
    except StoreError:
        return None
