"""Shell. Counting a run as it goes, with a bar where somebody looks on."""

from __future__ import annotations

import logging
import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from crawler.cli.session import Session
from crawler.report import Report
from pipelines.model import Entry

logger = logging.getLogger(__name__)


class Progress:
    """Adds entries and failures to a report, and shows the counts on a terminal."""

    def __init__(self, session: Session, report: Report, total: int | None = None) -> None:
        """Show a bar only on a terminal, and not where quiet or JSON was asked for; `total` in pages, if known."""
        self._report = report
        columns = (SpinnerColumn(), BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
        shown = sys.stderr.isatty() and not (session.quiet or session.machine)
        self._bar = Bar(*columns, console=Console(stderr=True), disable=not shown, transient=True)
        self._task: TaskID = self._bar.add_task("starting", total=total)
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def entry(self, entry: Entry) -> None:
        """Count an entry."""
        self._report.add(entry)
        self._show()

    def failure(self, url: str, why: str, detail: str) -> None:
        """Count a page that gave no answer; what robots.txt forbids was not asked for and is counted apart."""
        if why == "robots":
            self._report.forbidden += 1
        else:
            self._report.failed[why] += 1
            logger.warning("%s: %s", url, detail)
        self._show()

    def _show(self) -> None:
        report, seconds = self._report, time.monotonic() - self._started
        words = f"{report.fetched} pages, {report.articles} articles, {report.duplicates} duplicates"
        words += f", {report.rejected.total()} rejected, {report.failed.total()} failed"
        self._bar.update(self._task, advance=1, description=f"{words} · {report.fetched / max(seconds, 1e-3):.0f}/s")
