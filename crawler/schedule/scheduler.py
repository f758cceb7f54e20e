"""Runs what is due, so many sites at a time, for ever or once, until it is asked to stop."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from crawler.frontier import Frontier, Run, skipped_runs
from crawler.schedule.timetable import Row, look, timetable
from crawler.sites.site import Site
from pipelines.errors import FangzhiError

TICK_S = 1.0
"""Seconds between looks at the crawls that are running: a signal waits no longer, and it costs nothing."""

LOOK = dt.timedelta(minutes=1)
"""Between looks at what is due: schedules are in minutes. The registry is read again each time."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> dt.datetime:
        """Return the present moment."""

    def sleep(self, seconds: float) -> None:
        """Let time go by."""


class WallClock:
    """The time as it is."""

    def now(self) -> dt.datetime:
        """Return the present moment in UTC."""
        return dt.datetime.now(dt.UTC)

    def sleep(self, seconds: float) -> None:
        """Wait; a signal is dealt with at once, and the wait goes on."""
        time.sleep(seconds)


class Crawl(Protocol):
    """A crawl that was started."""

    def ended(self) -> int | None:
        """Return its exit code, None while it runs."""

    def stop(self) -> None:
        """Ask it to come to its end."""

    def kill(self) -> None:
        """End it at once."""

    def report(self) -> dict[str, Any] | None:
        """Return what it did, once it has ended."""


@frozen(kw_only=True)
class Finished:
    """A crawl that has ended: its exit code, its report, how many turns it overlapped, and when the next one is due."""

    row: Row
    started: dt.datetime
    ended: dt.datetime
    code: int
    report: dict[str, Any] | None
    skipped: int


class Listener(Protocol):
    """Who is told what happens."""

    def began(self, row: Row) -> None:
        """Hear that a crawl was started."""

    def overlapped(self, row: Row) -> None:
        """Hear that a turn is skipped because the site is being crawled; once a crawl."""

    def finished(self, run: Finished) -> None:
        """Hear what came of a crawl."""

    def hindered(self, error: FangzhiError) -> None:
        """Hear why nothing can be started for now."""


@frozen
class _Started:
    row: Row
    at: dt.datetime
    crawl: Crawl


class CrawlScheduler:
    """Crawls that are due, and those that are running."""

    def __init__(
        self,
        frontier: Path,
        sites: Callable[[], Iterable[Site]],
        default: str,
        start: Callable[[str], Crawl],
        listener: Listener,
        *,
        at_once: int,
        clock: Clock,
    ) -> None:
        """`sites` is asked anew at each look, `default` is the schedule of those that have none."""
        self._frontier, self._sites, self._default = frontier, sites, default
        self._start, self._listener, self._at_once, self._clock = start, listener, at_once, clock
        self._running: dict[str, _Started] = {}
        self._told: set[tuple[str, dt.datetime]] = set()
        self._looked: dt.datetime | None = None
        self._asked = self._passed_on = 0

    def stop(self) -> None:
        """Start nothing more and let what runs come to its end; asked again, end it at once.

        May be called by a signal handler.
        """
        self._asked += 1

    def run(self, *, once: bool) -> Counter[int]:
        """Run what is due until asked to stop, or `once` what is due now; return how often which exit code came.

        Raises FangzhiError where what is due cannot be told at the start.
        """
        left = {row.site.slug for row in self._look() if row.is_due} if once else None
        codes: Counter[int] = Counter()
        while True:
            codes.update(self._collect())
            if not self._running and (self._asked or left == set()):
                return codes
            self._pass_on()
            if not self._asked and not self._looked_lately():
                left = self._begin(left)
            self._clock.sleep(TICK_S)

    def _look(self) -> list[Row]:
        return look(self._frontier, self._sites(), self._default, self._clock.now())

    def _looked_lately(self) -> bool:
        """Tell whether it is too soon for the next look; a clock that was put back does not make it so."""
        return self._looked is not None and dt.timedelta() <= self._clock.now() - self._looked < LOOK

    def _begin(self, left: set[str] | None) -> set[str] | None:
        """Start what is due and has room, and return which of those that are `left` are still to be started."""
        self._looked = self._clock.now()
        try:
            rows = self._look()
        except FangzhiError as error:
            if left is not None and not self._running:
                raise
            self._listener.hindered(error)
            return left
        self._tell_overlaps(rows)
        due = [row for row in rows if row.is_due and row.site.slug not in self._running]
        due = [row for row in due if left is None or row.site.slug in left]
        room = self._at_once - len(self._running)
        started = {row.site.slug for row in due[:room] if self._started(row, once=left is not None)}
        return None if left is None else {row.site.slug for row in due} - started

    def _started(self, row: Row, *, once: bool) -> bool:
        """Start a crawl, and tell whether it could be; what cannot is tried again, where there will be another time."""
        try:
            crawl = self._start(row.site.slug)
        except FangzhiError as error:
            if once and not self._running:
                raise
            self._listener.hindered(error)
            return False
        self._running[row.site.slug] = _Started(row, self._clock.now(), crawl)
        self._listener.began(row)
        return True

    def _tell_overlaps(self, rows: Iterable[Row]) -> None:
        late = [row for row in rows if row.running and row.due <= self._clock.now()]
        keys = {(row.site.slug, row.last.started): row for row in late if row.last}
        for key in sorted(keys.keys() - self._told):
            self._listener.overlapped(keys[key])
        self._told = set(keys)

    def _collect(self) -> list[int]:
        """Return the exit codes of crawls that have ended since."""
        codes = []
        for slug, started in list(self._running.items()):
            if (code := started.crawl.ended()) is not None:
                del self._running[slug]
                self._looked = None  # there is room for the next one
                codes.append(code)
                try:
                    self._listener.finished(self._finished(started, code))
                except FangzhiError as error:
                    self._listener.hindered(error)
        return codes

    def _finished(self, started: _Started, code: int) -> Finished:
        """Return what came of a crawl; one that left no trace in the frontier is remembered there as failed."""
        now, site = self._clock.now(), started.row.site
        with closing(Frontier(self._frontier)) as frontier:
            (row,) = timetable([site], frontier.runs(), self._default, now)
            if row.is_due and not self._asked and not _is_told(row.last, started.at):
                frontier.record_failed_run(
                    site.slug, started.at, now
                )  # else it would begin again at once, and for ever
                (row,) = timetable([site], frontier.runs(), self._default, now)
        overlapped = skipped_runs(row.parsed, row.last, row.last.ended or now, site.windows) if row.last else 0
        report = started.crawl.report()
        return Finished(row=row, started=started.at, ended=now, code=code, report=report, skipped=overlapped)

    def _pass_on(self) -> None:
        while self._passed_on < self._asked:
            self._passed_on += 1
            for started in self._running.values():
                if self._passed_on == 1:
                    started.crawl.stop()
                else:
                    started.crawl.kill()


def _is_told(run: Run | None, since: dt.datetime) -> bool:
    """Tell whether the frontier knows of a crawl that was at work since then, ours or another's."""
    return run is not None and (run.process is not None or (run.ended or run.started) >= since)
